"""Several runs side by side: pick them in the table, see their curves, and what repeats say."""

import streamlit as st

from core.services import run_table
from core.services.run_table import RunRow
from ui import frame
from ui.data import command
from ui.train import memory
from ui.train.compare import curves, repeated, shelf, table

SECONDS = 2.0


def show() -> None:
    found = run_table.rows()
    if not found:
        _nothing()
        return
    live = run_table.active(found)
    with st.container():
        st.fragment(_show, run_every=SECONDS if live else None)(live)


def _nothing() -> None:
    st.info(
        "There is nothing to compare yet. Two runs, or one run twice with another seed, are "
        "enough to begin with.",
        icon=":material/stacked_line_chart:",
    )
    if st.button("Put a run together", type="primary", key=memory.key("compare.new")):
        memory.open_next(memory.NEW)
        st.rerun()


def _show(was_live: bool) -> None:
    with frame.calm():
        found = run_table.rows()
        if not found or run_table.active(found) != was_live:
            st.rerun()
        chosen = table.show(found)
        usable = [row for row in chosen if not row.fault]
        _broken([row for row in chosen if row.fault])
        if not usable:
            st.caption("Pick runs in the table above to see their curves here.")
            return
        curves.show(usable)
        repeated.show(usable)
        shelf.show(chosen)
        command.show(*(("runs", "--curves", row.id, "--csv") for row in usable[:3]))


def _broken(rows: list[RunRow]) -> None:
    for row in rows:
        st.warning(row.fault, icon=":material/folder_off:")
