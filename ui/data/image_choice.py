"""Which image of the dataset a section works on; the sections share the choice."""

import random

import streamlit as st

from core.services.prepared_sets import PreparedDataset
from ui.data import memory


def show(key: str, dataset: PreparedDataset) -> int:
    """The image's row."""
    name, count = dataset.info.name, len(dataset.index)
    at = memory.key(f"{key}.image.{name}")
    st.session_state[at] = memory.row(name, count) + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            f"Image, of {count:,}", 1, count, key=at, width=150, on_change=_keep, args=(at, name)
        )
        st.button(
            "Another one",
            icon=":material/shuffle:",
            key=memory.key(f"{key}.another"),
            on_click=_draw,
            args=(name, count),
        )
        st.markdown(f"{dataset.index['image_id'].iloc[int(number) - 1]}")
    return int(number) - 1


def _keep(at: str, name: str) -> None:
    memory.keep_row(name, st.session_state[at] - 1)


def _draw(name: str, count: int) -> None:
    memory.keep_row(name, random.randrange(count))
