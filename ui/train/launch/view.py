"""New run: what learns from what on top, the settings below, and what they come to beside."""

from dataclasses import replace

import streamlit as st

from core.domain.training import TrainConfig
from core.errors import MammolensError
from core.services import launching, suggesting
from core.services.launching import Draft
from ui import frame
from ui.data import stock
from ui.train import memory
from ui.train.launch import choose, draft, empty, panel, settings


def show() -> None:
    names = stock.finished(stock.listing())
    if not names:
        empty.show()
        return
    if draft.current() is None:
        draft.keep(suggesting.draft(empty.arrived(names) or names[-1]))
    st.fragment(_form)(names)


def _form(names: list[str]) -> None:
    """A fragment: turning a knob runs nothing else of the page."""
    with frame.calm():
        chosen = draft.current()
        assert chosen is not None
        if run := draft.origin():
            st.caption(f":material/content_copy: A copy of run {run}. Change what you like.")
        dataset = stock.dataset(chosen.dataset) if chosen.dataset in names else None
        choose.show(chosen, names, dataset)
        if dataset is None:
            st.warning(
                f"The dataset {chosen.dataset!r} is not here any more. Choose another one.",
                icon=":material/database_off:",
            )
            return
        _settings(chosen)


def _settings(chosen: Draft) -> None:
    before, told = _usual(chosen)
    if before is None:
        st.warning(told, icon=":material/block:")
        st.page_link(
            "pages/4_Data.py",
            label="Prepare images as this recipe wants them",
            icon=":material/database:",
        )
        return
    usual = launching.values(before, replace(chosen, settings={}))
    with st.container(key="train-launch"):
        left, right = st.container(key="train-settings"), st.container(key="train-panel")
    with left:
        config, _ = _configured(chosen)
        settings.show(config or before, usual, launching.values(before, chosen))
        _title(chosen)
    # The table of stages changes the draft while it is drawn.
    now = draft.current() or chosen
    config, fault = _configured(now)
    with right:
        panel.show(now, config, fault, usual, launching.values(before, now))


def _usual(chosen: Draft) -> tuple[TrainConfig | None, str]:
    try:
        return launching.usual(chosen), ""
    except MammolensError as fault:
        return None, str(fault)


def _configured(chosen: Draft) -> tuple[TrainConfig | None, str]:
    try:
        return launching.configure(chosen), ""
    except MammolensError as fault:
        return None, str(fault)


def _title(chosen: Draft) -> None:
    at = memory.key(f"title.{draft.edition()}")
    st.text_input(
        "Name of the run",
        str(chosen.settings.get("title", "")),
        max_chars=80,
        placeholder="as you like, to find it again",
        key=at,
        on_change=lambda: draft.change("title", st.session_state[at].strip(), ""),
    )
