"""The table of all runs, alive: how far each is, its curve in small, and which one is open."""

import pandas as pd
import streamlit as st

from core.domain.runs import RunState
from core.services import run_table
from core.services.run_table import RunRow
from ui import frame, words
from ui.charts import OKABE_ITO
from ui.train import memory, picking, search

SECONDS = 1.0
STATE_COLOURS = {
    RunState.QUEUED: OKABE_ITO["grey"],
    RunState.RUNNING: OKABE_ITO["blue"],
    RunState.STOPPING: OKABE_ITO["sky"],
    RunState.STOPPED: OKABE_ITO["grey"],
    RunState.INTERRUPTED: OKABE_ITO["orange"],
    RunState.FAILED: OKABE_ITO["vermillion"],
    RunState.FINISHED: OKABE_ITO["green"],
}


def show() -> str | None:
    """The id of the run that is open; None where there are no runs yet."""
    found = run_table.rows()
    if not found:
        _nothing()
        return None
    known = {row.id for row in found}
    if memory.run() not in known:
        memory.choose_run(found[0].id)
    busy = run_table.active(found)
    with st.container():
        st.fragment(_table, run_every=SECONDS if busy else None)(busy)
    return memory.run()


def _nothing() -> None:
    st.info(
        "No run has been started yet. Its progress, its curves and what came of it will be here.",
        icon=":material/model_training:",
    )
    if st.button("Put a run together", type="primary", key=memory.key("table.new")):
        memory.open_next(memory.NEW)
        st.rerun()


def _table(was_busy: bool) -> None:
    """The whole page runs again when another run is opened, or when nothing goes on any more."""
    with frame.calm():
        found = run_table.rows()
        if not found or run_table.active(found) != was_busy:
            st.rerun()
        shown = _searched(found)
        chosen = memory.run()
        picked = picking.show(
            memory.key("table.rows"),
            table(shown),
            [row.id for row in shown],
            [chosen] if chosen else [],
            many=False,
            columns=columns(),
            alt="All runs, the newest first. Pick one to watch it",
        )
        if picked and picked[0] != chosen:
            memory.choose_run(picked[0])
            st.rerun()


def _searched(found: list[RunRow]) -> list[RunRow]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = search.show("table", found)
        going = sum(row.state is RunState.RUNNING for row in found)
        waiting = sum(row.state is RunState.QUEUED for row in found)
        st.caption(_counts(len(shown), len(found), going, waiting))
    return shown


def _counts(shown: int, every: int, going: int, waiting: int) -> str:
    first = words.count(every, "run") if shown == every else f"{shown:,} of {every:,} runs"
    parts = [first, f"{going} at work" if going else "", f"{waiting} waiting" if waiting else ""]
    return ", ".join(part for part in parts if part)


def table(found: list[RunRow]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Run": [row.name for row in found],
            "State": [[row.state.value] for row in found],
            "Progress": [int(100 * row.progress) for row in found],
            "Best": [row.status.best.value if row.status.best else None for row in found],
            "Course": [list(row.spark) for row in found],
            "Time": [_time(row) for row in found],
            "Model": [row.model for row in found],
            "Dataset": [row.dataset for row in found],
            "Tags": [list(row.tags) for row in found],
            "Id": [row.id for row in found],
        }
    )


def _time(row: RunRow) -> str:
    if row.seconds_left is not None:
        return f"{words.duration(row.seconds_left)} left"
    return words.duration(row.seconds) if row.seconds else ""


def columns() -> dict[str, object]:
    make = st.column_config
    return {
        "Run": make.TextColumn(pinned=True, width=160),
        "State": state_column(),
        "Progress": make.ProgressColumn(format="%d%%", min_value=0, max_value=100, width="small"),
        "Best": make.NumberColumn(
            format="%.3f",
            width="small",
            help="The best epoch's figure, of the measure that the run is steered by.",
        ),
        "Course": make.LineChartColumn(
            width="small", help="That measure, epoch by epoch, each run on a scale of its own."
        ),
        "Time": make.TextColumn(
            width=125, help="Time at work, without waiting in the queue; or what is left."
        ),
        "Model": make.TextColumn(width=110),
        "Dataset": make.TextColumn(width="small"),
        "Tags": make.ListColumn(width="small"),
    }


def state_column() -> object:
    names = [state.value for state in RunState]
    return st.column_config.MultiselectColumn(
        "State", options=names, color=[STATE_COLOURS[state] for state in RunState], width=110
    )
