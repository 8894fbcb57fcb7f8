"""Tuning: which study is looked at, or a new one."""

import streamlit as st

from core.services import studies
from ui.train import memory, one_of
from ui.train.tune import begin, watch

CHOSEN = memory.key("tune.study")


def show() -> None:
    st.caption(
        "A study trains one network after another with other settings, learns from each which "
        "ones do well, and cuts short those that fall behind."
    )
    one_of.show("Study", studies.names(), CHOSEN, _title, watch.show, begin.show)


def _title(name: str) -> str:
    config = studies.plan(name).training
    return f"{name}: {config.title or config.recipe or config.model.name} on {config.dataset}"
