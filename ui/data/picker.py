"""Which dataset is on the page, and the way to another one."""

from typing import Any

import streamlit as st

from core.services.prepared_sets import PreparedDataset
from ui.data import memory, stock, terms


def show(items: list[dict[str, Any]]) -> PreparedDataset | None:
    names = stock.finished(items)
    if (name := memory.arrived(names)) is not None:
        memory.choose(name)
    if not names:
        return None
    with st.container(key="data-top"):
        left, right = st.columns([4, 1.2], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Dataset",
        names,
        key=memory.DATASET,
        help=terms.explain("dataset"),
        bind="query-params",
        disabled=memory.adding(),
    )
    with right:
        _switch()
    return stock.dataset(chosen) if chosen else None


def _switch() -> None:
    if memory.adding():
        st.button(
            "Back to the dataset",
            icon=":material/arrow_back:",
            on_click=memory.set_adding,
            args=(False,),
            width="stretch",
        )
    else:
        st.button(
            "Add a dataset",
            icon=":material/add:",
            on_click=memory.set_adding,
            args=(True,),
            width="stretch",
        )
