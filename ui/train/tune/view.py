"""Tuning: which study is looked at, or a new one."""

import streamlit as st

from core.errors import MammolensError
from core.services import studies
from ui.train import memory
from ui.train.tune import begin, watch

NEW = ""
CHOSEN = memory.key("tune.study")


def show() -> None:
    known = studies.names()
    st.caption(
        "A study trains one network after another with other settings, learns from each which "
        "ones do well, and cuts short those that fall behind."
    )
    if not known:
        begin.show()
        return
    options = [*known, NEW]
    if st.session_state.get(CHOSEN) not in options:
        st.session_state[CHOSEN] = options[0]
    chosen = st.selectbox("Study", options, format_func=_title, key=CHOSEN)
    if chosen:
        watch.show(chosen)
    else:
        begin.show()


def _title(name: str) -> str:
    if name == NEW:
        return "A new one"
    try:
        config = studies.plan(name).training
    except MammolensError:
        return name
    return f"{name}: {config.title or config.recipe or config.model.name} on {config.dataset}"
