"""A button that does something, and says beside it why it could not."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from core.errors import MammolensError


def show(
    label: str,
    key: str,
    act: Callable[[], Any],
    icon: str,
    *,
    primary: bool = False,
    tip: str | None = None,
    width: Literal["content", "stretch"] = "content",
) -> None:
    """The whole page looks again when it is done."""
    pressed = st.button(
        label,
        icon=f":material/{icon}:",
        key=key,
        type="primary" if primary else "secondary",
        help=tip,
        width=width,
    )
    if pressed:
        try:
            act()
        except (MammolensError, OSError) as fault:
            st.error(str(fault), icon=":material/error:")
            return
        st.rerun(scope="app")


def confirm(sentence: str, key: str, act: Callable[[], Any]) -> None:
    """What a dialog asks before something is lost."""
    st.markdown(sentence)
    yes, no = st.columns(2)
    with yes:
        show("Delete it", f"{key}.yes", act, "delete", primary=True, width="stretch")
    if no.button("Keep it", key=f"{key}.no", width="stretch"):
        st.rerun()
