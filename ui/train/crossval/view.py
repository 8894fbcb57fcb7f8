"""Cross-validation: which one is looked at, or a new one."""

import streamlit as st

from core.errors import MammolensError
from core.services import groups
from ui.train import memory
from ui.train.crossval import begin, watch

NEW = ""
CHOSEN = memory.key("crossval.group")


def show() -> None:
    known = groups.names()
    st.caption(
        "The patients are dealt into folds. For each fold one network learns from the others and "
        "is then asked about the fold it has never seen, so every image counts once for the test."
    )
    if not known:
        begin.show()
        return
    options = [*known, NEW]
    if st.session_state.get(CHOSEN) not in options:
        st.session_state[CHOSEN] = options[0]
    chosen = st.selectbox("Cross-validation", options, format_func=_title, key=CHOSEN)
    if chosen:
        watch.show(chosen)
    else:
        begin.show()


def _title(name: str) -> str:
    if name == NEW:
        return "A new one"
    try:
        group = groups.read(name)
    except MammolensError:
        return name
    config = group.training
    about = group.title or config.title or config.recipe or config.model.name
    return f"{about} on {config.dataset}, {group.folds} folds ({name})"
