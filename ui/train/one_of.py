"""One of what there is, or a new one: how cross-validations and studies are opened."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.errors import MammolensError

NEW = ""


def show(
    label: str,
    known: Sequence[str],
    key: str,
    title: Callable[[str], str],
    watch: Callable[[str], None],
    begin: Callable[[], None],
) -> None:
    """The newest is open; where there is none, a new one is offered at once."""
    if not known:
        begin()
        return
    options = [*known, NEW]
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]

    def said(name: str) -> str:
        try:
            return title(name) if name != NEW else "A new one"
        except MammolensError:
            return name

    chosen = st.selectbox(label, options, format_func=said, key=key)
    if chosen:
        watch(chosen)
    else:
        begin()
