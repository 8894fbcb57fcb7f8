"""Back and forth through a list, by button or arrow key, inside a dialog."""

import streamlit as st


def show(at: str, place: int, count: int) -> None:
    """`at` is the session key that holds the place."""
    if st.button("Previous", icon=":material/chevron_left:", disabled=place == 0, shortcut="Left"):
        st.session_state[at] = place - 1
        st.rerun(scope="fragment")
    if st.button(
        "Next",
        icon=":material/chevron_right:",
        icon_position="right",
        disabled=place + 1 >= count,
        shortcut="Right",
    ):
        st.session_state[at] = place + 1
        st.rerun(scope="fragment")
