"""What the Evaluate page remembers between its runs; every session key of the page is here.

Models, dataset and section also stand in the address, so that a refresh, a bookmark or a
link comes back to the same place.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

MODELS, DATASET, SECTION = "models", "on", "view"
_PREFIX = "evaluate."
_AWAITED, _ADDING, _FILTER, _OPENED = (
    _PREFIX + name for name in ("awaited", "adding", "filter", "opened")
)
CASES = "Cases"
ANY = "any"


@dataclass(frozen=True)
class Pressed:
    """Cases that a cell or a point of a chart stands for."""

    truth: str = ANY
    answer: str = ANY
    scores: tuple[float, float] | None = None
    said: str = ""


def key(name: str) -> str:
    """Of a widget of this page."""
    return _PREFIX + name


def key_among(name: str, options: Iterable[str]) -> str:
    """Of a choice whose options change: what is offered no more is forgotten."""
    if st.session_state.get(key(name)) not in set(options):
        st.session_state.pop(key(name), None)
    return key(name)


def await_evaluation(models: list[str], dataset: str) -> None:
    """Opened as soon as the answers are there."""
    st.session_state[_AWAITED] = (models, dataset)
    set_adding(False)


def awaited() -> tuple[list[str], str] | None:
    found: tuple[list[str], str] | None = st.session_state.get(_AWAITED)
    return found


def arrive(datasets: list[str]) -> None:
    """Before the pickers are drawn: what was waited for is chosen, once."""
    wanted = awaited()
    if wanted and wanted[1] in datasets:
        st.session_state[MODELS], st.session_state[DATASET] = wanted
        del st.session_state[_AWAITED]


def adding() -> bool:
    return bool(st.session_state.get(_ADDING))


def set_adding(wanted: bool) -> None:
    st.session_state[_ADDING] = wanted


def press(found: Pressed) -> None:
    """From a chart's callback: the cases are on the page when it is drawn next."""
    st.session_state[_FILTER] = found
    st.session_state[SECTION] = CASES
    for name in ("truth", "answer", "which", "page"):
        st.session_state.pop(key(f"cases.{name}"), None)


def pressed() -> Pressed:
    found: Pressed = st.session_state.get(_FILTER, Pressed())
    return found


def forget_pressed() -> None:
    press(Pressed())


def focus(names: list[str]) -> str:
    """The model that single-model parts speak of."""
    chosen: str = st.session_state.get(key("focus"), names[0])
    return chosen if chosen in names else names[0]


def threshold_key(model: str, dataset: str) -> str:
    return key(f"threshold.{model}.{dataset}")
