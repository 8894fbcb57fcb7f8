"""Cross-validation: which one is looked at, or a new one."""

import streamlit as st

from core.services import groups
from ui.train import memory, one_of
from ui.train.crossval import begin, watch

CHOSEN = memory.key("crossval.group")


def show() -> None:
    st.caption(
        "The patients are dealt into folds. For each fold one network learns from the others and "
        "is then asked about the fold it has never seen, so every image counts once for the test."
    )
    one_of.show("Cross-validation", groups.names(), CHOSEN, _title, watch.show, begin.show)


def _title(name: str) -> str:
    group = groups.read(name)
    config = group.training
    about = group.title or config.title or config.recipe or config.model.name
    return f"{about} on {config.dataset}, {group.folds} folds ({name})"
