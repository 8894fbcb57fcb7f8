"""Before there is any dataset: one click makes one, and the page goes on by itself."""

import streamlit as st

from core.errors import MammolensError
from core.services import phantom_sets
from ui.data import memory as data_memory
from ui.data import stock, work
from ui.train import memory

_AWAITED = memory.key("awaited")


def show() -> None:
    waiting = work.show(stock.listing())
    if waiting:
        st.caption("This page goes on as soon as the dataset is ready. You may leave and return.")
        return
    st.html(
        '<div class="empty-room"><p><strong>A network learns from images, and there are none '
        "yet.</strong> Let Mammolens draw some: synthetic patients with known findings, which "
        "need no permission and no download. It takes about a minute; then a run can start."
        "</p></div>"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Make a phantom set",
            type="primary",
            icon=":material/play_arrow:",
            key=memory.key("empty.make"),
        )
        st.page_link("pages/4_Data.py", label="Use images of my own", icon=":material/database:")
    if pressed:
        _make()


def _make() -> None:
    name = phantom_sets.free_name()
    try:
        phantom_sets.make(name)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    st.session_state[_AWAITED] = name
    data_memory.await_dataset(name)
    st.rerun()


def arrived(names: list[str]) -> str | None:
    """The dataset that this page asked for, when it is there."""
    name: str | None = st.session_state.get(_AWAITED)
    return name if name in names else None
