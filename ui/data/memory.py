"""What the Data page remembers between its runs; every session key of the page is here.

The dataset and the section also stand in the address, so that a refresh, a bookmark or a
link comes back to the same place.
"""

from typing import Any

import streamlit as st

DATASET, SECTION = "dataset", "section"
_PREFIX = "data."
_AWAITED, _ADDING, _ROWS, _SPEC, _BENCH, _NEXT, _ZIPS = (
    _PREFIX + name for name in ("awaited", "adding", "rows", "spec", "bench", "next", "zips")
)


def key(name: str) -> str:
    """Of a widget of this page."""
    return _PREFIX + name


def choose(dataset: str) -> None:
    """Only before the picker is drawn, such as in a callback."""
    st.session_state[DATASET] = dataset


def open_next(section: str) -> None:
    """From inside a section: the tabs are drawn already, so the next run opens it."""
    st.session_state[_NEXT] = section


def settle() -> None:
    """At the start of a run, before any widget is drawn."""
    if (section := st.session_state.pop(_NEXT, None)) is not None:
        st.session_state[SECTION] = section


def adding() -> bool:
    return bool(st.session_state.get(_ADDING))


def set_adding(wanted: bool) -> None:
    st.session_state[_ADDING] = wanted


def await_dataset(name: str) -> None:
    """It is opened as soon as it has been prepared."""
    st.session_state[_AWAITED] = name
    set_adding(False)


def arrived(finished: list[str]) -> str | None:
    """The awaited dataset, once, when it is there."""
    name: str | None = st.session_state.get(_AWAITED)
    if name in finished:
        del st.session_state[_AWAITED]
        return name
    return None


def row(dataset: str, images: int) -> int:
    """The image of a dataset that bench and preview work on."""
    chosen: int = st.session_state.setdefault(_ROWS, {}).get(dataset, 0)
    return chosen if chosen < images else 0


def keep_row(dataset: str, place: int) -> None:
    st.session_state.setdefault(_ROWS, {})[dataset] = place


def wanted_spec() -> str | None:
    """The preprocessing that the form for a new dataset begins with."""
    name: str | None = st.session_state.get(_SPEC)
    return name


def want_spec(name: str) -> None:
    st.session_state[_SPEC] = name


def bench(dataset: str) -> Any:
    return st.session_state.get(_BENCH, {}).get(dataset)


def keep_bench(dataset: str, draft: Any) -> None:
    st.session_state.setdefault(_BENCH, {})[dataset] = draft


def unpacked(upload: str) -> str | None:
    """Where an uploaded zip was unpacked."""
    kept: dict[str, str] = st.session_state.setdefault(_ZIPS, {})
    return kept.get(upload)


def keep_unpacked(upload: str, folder: str) -> None:
    st.session_state.setdefault(_ZIPS, {})[upload] = folder
