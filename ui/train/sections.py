"""The rooms of the page; only the one that is open is computed."""

from collections.abc import Callable

import streamlit as st

from ui import frame
from ui.train import memory, runs_table
from ui.train.compare import view as compare
from ui.train.control import view as control
from ui.train.crossval import view as crossval
from ui.train.export import view as export
from ui.train.launch import view as launch
from ui.train.publish import view as publish
from ui.train.tune import view as tune
from ui.train.watch import view as watch

# What can be looked at of one run.
PARTS: dict[str, Callable[[str], object]] = {
    "Watch": watch.show,
    "Publish": publish.show,
    "Export": export.show,
}


def show() -> None:
    rooms: dict[str, Callable[[], object]] = {
        memory.NEW: launch.show,
        memory.RUNS: _runs,
        "Compare": compare.show,
        "Cross-validation": crossval.show,
        "Tuning": tune.show,
    }
    tabs = st.tabs(list(rooms), key=memory.SECTION, bind="query-params")
    for tab, draw in zip(tabs, rooms.values(), strict=True):
        if tab.open:
            with tab, frame.calm():
                draw()


def _runs() -> None:
    run = runs_table.show()
    if run is None:
        return
    memory.choose_run(run)
    # Whatever there is to do with the run, what stands below keeps its place on the page: a
    # fragment that looks again while the page changes would otherwise write beside it.
    with st.container():
        control.show(run)
    tabs = st.tabs(list(PARTS), key=memory.key("part"), on_change="rerun")
    for tab, draw in zip(tabs, PARTS.values(), strict=True):
        if tab.open:
            with tab, frame.calm():
                draw(run)
