"""A second button in every chart's own menu, so that it saves both as PNG and as SVG.

Plotly's menu offers one format. The script adds a button beside the camera that asks the
same camera for the other format.
"""

from pathlib import Path

import streamlit as st

_menu = st.components.v2.component(
    "mammolens_chart_menu",
    js=(Path(__file__).parent / "chart_menu.js").read_text(encoding="utf-8"),
)


def mount() -> None:
    with st.container(key="unseen-chart-menu"):
        _menu(key="evaluate-chart-menu", height=1)
