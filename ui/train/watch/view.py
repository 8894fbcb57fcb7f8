"""Is it learning? One run, looked at once a second while it lives."""

import streamlit as st

from core.domain.runs import RunState
from core.services import run_answer, run_curves, run_table
from core.services.run_table import RunRow
from ui import frame
from ui.data import command
from ui.train.watch import cockpit, curves, log, notes, saving

SECONDS = 1.0


def show(run_id: str) -> None:
    row = run_table.row(run_id)
    if row is None:
        st.warning(
            f"There is no run “{run_id}” any more. Choose another one above.",
            icon=":material/search_off:",
        )
        return
    cockpit.look()
    live = not row.state.is_finished()
    # Each in a place of its own, which stays where it is whatever the others show.
    with st.container():
        if row.fault:
            st.warning(row.fault, icon=":material/folder_off:")
    with st.container():
        st.fragment(_live, run_every=SECONDS if live else None)(run_id, row.state)
    with st.container():
        st.fragment(notes.show)(run_id)
    if not row.fault:
        saving.show(row)
        command.show(("runs", "--curves", run_id, "--csv"))


def _live(run_id: str, was: RunState) -> None:
    """The whole page runs again when the state has changed, as there is something else to do."""
    with frame.calm():
        row = run_table.row(run_id)
        if row is None or row.state is not was:
            st.rerun()
        _draw(row)


def _draw(row: RunRow) -> None:
    history = run_curves.history(row.path)
    cockpit.show(row, run_answer.answer(row, history))
    curves.show(row, history)
    log.show(row)
