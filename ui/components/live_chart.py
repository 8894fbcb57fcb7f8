"""A plotly chart that stays while its numbers change: no flicker, zoom and legend kept.

The figure comes as data, as plotly writes it; its `layout.uirevision` says for how long
what a person did to the chart holds. The menu saves it as PNG or SVG.
"""

import json
from pathlib import Path
from typing import Any

import streamlit as st

from ui import chart_library

_HERE = Path(__file__).parent
_chart = st.components.v2.component(
    "mammolens_live_chart",
    html='<div class="live-chart"><div class="drawing"></div></div>',
    css=(_HERE / "live_chart.css").read_text(encoding="utf-8"),
    js=(_HERE / "live_chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # the library's own style sheet stands in the page
)


def written(figure: dict[str, Any]) -> str:
    """As it goes to the browser; worth keeping while nothing changes."""
    return json.dumps(figure, separators=(",", ":"), allow_nan=False)


def show(key: str, figure: str, *, alt: str, file_name: str, height: int) -> None:
    """`figure` as `written` gives it; `file_name` is that of a saved picture, without ending."""
    _chart(
        key=key,
        data={
            "library": chart_library.address(),
            "figure": figure,
            "alt": alt,
            "file": file_name,
            "height": height,
        },
    )
