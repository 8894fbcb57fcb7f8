"""The page's own style sheet."""

from pathlib import Path

import streamlit as st

_STYLE = Path(__file__).parent / "style.css"


def begin() -> None:
    st.html(_STYLE)
