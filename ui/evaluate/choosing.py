"""Which models on which cases: the pickers at the top of the page."""

from typing import Any

import streamlit as st

from core.services.judgeable import Choice, parts, usual_part
from core.services.prepared_sets import open_prepared
from ui.evaluate import memory, terms
from ui.evaluate.stock import Wish

MOST_MODELS = 4


def show(choices: list[Choice], datasets: list[str]) -> Wish | None:
    """None while models or cases are still to be chosen."""
    known = {item.name: item for item in choices}
    _settle(known, datasets)
    with st.container(key="evaluate-top"):
        left, middle, right, last = st.columns([3, 2, 1.6, 1.3], vertical_alignment="bottom")
    models = left.multiselect(
        "Models or runs",
        list(known),
        format_func=lambda name: _label(known[name]),
        max_selections=MOST_MODELS,
        key=memory.MODELS,
        persist_state="session",
        help=terms.explain("several"),
        placeholder="Choose a model",
        wrap=True,
    )
    # By hand, since a bound widget would write the titles instead of the names.
    if st.query_params.get_all(memory.MODELS) != models:
        st.query_params[memory.MODELS] = models
    dataset = middle.selectbox(
        "Dataset", datasets, key=memory.DATASET, bind="query-params", help=terms.explain("dataset")
    )
    with last:
        _switch()
    if not models or dataset is None:
        right.selectbox("Images", [], disabled=True, key=memory.key("no-part"))
        return None
    with right:
        return _part(tuple(models), dataset)


def _settle(known: dict[str, Choice], datasets: list[str]) -> None:
    """What was chosen may be gone by now; a page that opens first shows the first model."""
    state: Any = st.session_state
    asked = state.get(memory.MODELS, st.query_params.get_all(memory.MODELS))
    there = [name for name in asked if name in known][:MOST_MODELS]
    opening = memory.MODELS not in state
    state[memory.MODELS] = there or (list(known)[:1] if opening else [])
    if state.get(memory.DATASET) not in (None, *datasets):
        del state[memory.DATASET]


def _label(item: Choice) -> str:
    return f"{item.title} ({item.name})" if item.title != item.name else item.name


def _part(models: tuple[str, ...], name: str) -> Wish:
    dataset = open_prepared(name)
    offered = parts(dataset, models)
    usual = usual_part(dataset, models)
    place = st.selectbox(
        "Images",
        list(offered),
        index=list(offered).index(usual),
        key=memory.key(f"part.{name}.{'+'.join(models)}"),
        format_func=str.capitalize,
        help=terms.explain("part"),
        persist_state="session",
    )
    split, part = offered[place]
    return Wish(models, name, split, part, place)


def _switch() -> None:
    if memory.adding():
        label, icon = "Back", "arrow_back"
    else:
        label, icon = "New images", "add"
    st.button(
        label,
        icon=f":material/{icon}:",
        on_click=memory.set_adding,
        args=(not memory.adding(),),
        key=memory.key("switch"),
        help=None if memory.adding() else "A labelled folder, or a phantom set",
        width="stretch",
    )
