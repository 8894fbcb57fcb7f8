"""What the Train page remembers between its runs; every session key of the page is here.

The section and the chosen run also stand in the address, so that a refresh, a bookmark or
a link comes back to the same place.
"""

import streamlit as st

NEW, RUNS = "New run", "Runs"
SECTION = "room"  # the tabs' own key
_PREFIX = "train."
_RUN, _NEXT = _PREFIX + "run", _PREFIX + "next"
_ADDRESS = "run"


def key(name: str) -> str:
    """Of a widget of this page."""
    return _PREFIX + name


def run() -> str | None:
    """The id of the run that is looked at."""
    chosen: str | None = st.session_state.get(_RUN) or st.query_params.get(_ADDRESS)
    return chosen


def choose_run(run_id: str | None) -> None:
    """At any time; the next look at `run` tells it."""
    st.session_state[_RUN] = run_id
    if run_id:
        st.query_params[_ADDRESS] = run_id
    else:
        st.query_params.pop(_ADDRESS, None)


def open_next(section: str) -> None:
    """From inside a section: the tabs are drawn already, so the next run opens it."""
    st.session_state[_NEXT] = section


def settle() -> None:
    """At the start of a run of the page, before any widget is drawn."""
    if (section := st.session_state.pop(_NEXT, None)) is not None:
        st.session_state[SECTION] = section
