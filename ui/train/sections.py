"""The rooms of the page; only the one that is open is computed."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import streamlit as st

from ui import frame
from ui.train import memory


def show() -> None:
    sections: dict[str, Callable[[], Any]] = {
        memory.NEW: _plug("ui.train.launch.view"),
        memory.RUNS: _runs,
        "Compare": _plug("ui.train.compare.view"),
        "Cross-validation": _plug("ui.train.crossval.view"),
        "Tuning": _plug("ui.train.tune.view"),
    }
    for tab, draw in zip(
        st.tabs(list(sections), key=memory.SECTION, bind="query-params"),
        sections.values(),
        strict=True,
    ):
        if tab.open:
            with tab, frame.calm():
                draw()


def _runs() -> None:
    run = _plug("ui.train.runs_table")()
    if run is None:
        return
    memory.choose_run(run)
    _plug("ui.train.control.view")(run)
    parts = {"Watch": "watch", "Publish": "publish", "Export": "export"}
    tabs = st.tabs(list(parts), key=memory.key("part"), on_change="rerun")
    for tab, part in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab, frame.calm():
                _plug(f"ui.train.{part}.view")(run)


def _plug(module: str) -> Callable[..., Any]:
    try:
        found = import_module(module)
    except ModuleNotFoundError:
        return _missing
    show: Callable[..., Any] = found.show
    return show


def _missing(*_: Any) -> None:
    st.caption("This part is being made.")
