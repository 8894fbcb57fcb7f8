"""Presets: settings kept under a name, and the next run begun from one."""

import streamlit as st

from core.domain.training import TrainConfig
from core.errors import MammolensError
from core.services import presets
from ui.train import memory, terms
from ui.train.launch import draft


def show(config: TrainConfig | None) -> None:
    with st.popover("Presets", icon=":material/bookmark:", width="stretch"):
        st.caption(terms.explain("preset"))
        names = presets.names()
        for name in names:
            _line(name)
        if config:
            _keep(config)


def _line(name: str) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    if left.button(name, key=memory.key(f"preset.{name}"), width="stretch", help="Begin with it"):
        try:
            draft.begin_from(presets.load(name))
        except MammolensError as fault:
            st.error(str(fault))
            return
        st.rerun(scope="app")
    if right.button(
        "",
        icon=":material/delete:",
        key=memory.key(f"preset.delete.{name}"),
        help=f"Delete the preset {name}",
    ):
        presets.delete(name)
        st.rerun()


def _keep(config: TrainConfig) -> None:
    with st.form(memory.key("preset.form"), border=False, clear_on_submit=True):
        name = st.text_input("Keep these settings as", max_chars=64, placeholder="a name")
        pressed = st.form_submit_button("Save", icon=":material/bookmark_add:")
    if pressed:
        try:
            presets.save(name.strip(), config)
        except MammolensError as fault:
            st.error(str(fault))
            return
        st.rerun()
