"""The page's own style sheet, and the small pieces that its parts share."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.domain.card import Interval
from core.domain.figures import figure_info
from core.services.evaluation_view import shown
from ui import charts
from ui.data import look as data_look
from ui.evaluate import chart_menu, memory, terms

_STYLE = Path(__file__).parent / "style.css"
_SCALES = {"mcc": (-1.0, 1.0), "kappa": (-1.0, 1.0)}
_UNBOUNDED = ("log_loss",)


def begin() -> None:
    data_look.begin()
    st.html(_STYLE)
    chart_menu.mount()


def chart(
    name: str,
    title: str,
    figure: go.Figure | None,
    rows: Callable[[], pd.DataFrame],
    *,
    why_not: str = "",
    on_select: Callable[[], None] | None = None,
    note: str = "",
) -> None:
    """A card: heading with its tooltip, the chart, and its numbers as a file."""
    with st.container(border=True, key=memory.key(f"card.{name}")):
        term = name.partition(".")[0]
        st.markdown(f"**{title}**", help=terms.explain(term))
        if figure is None:
            st.caption(why_not or "There is nothing to draw.")
            return
        config = {
            **charts.CONFIG,
            "toImageButtonOptions": {"format": "png", "filename": f"mammolens-{name}", "scale": 3},
        }
        st.plotly_chart(
            figure,
            key=memory.key(f"chart.{name}"),
            config=config,
            alt=title,
            on_select=on_select or "ignore",
            selection_mode="points",
        )
        if note:
            st.caption(note)
        csv(name, rows)


def csv(name: str, rows: Callable[[], pd.DataFrame], label: str = "Data (CSV)") -> None:
    st.download_button(
        label,
        data=lambda: rows().to_csv(index=False).encode(),
        file_name=f"mammolens-{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=memory.key(f"csv.{name}"),
        on_click="ignore",
        type="tertiary",
    )


def selected(name: str) -> list[Any]:
    """What the points pressed just now carry."""
    event: Any = st.session_state.get(memory.key(f"chart.{name}"))
    points = event["selection"]["points"] if event else []
    return [point["customdata"] for point in points if point.get("customdata") is not None]


def between(found: Interval) -> str:
    low = "open" if found.low == float("-inf") else shown(found.low)
    high = "open" if found.high == float("inf") else shown(found.high)
    return f"{low} to {high}"


def whisker(key: str, found: Interval) -> str:
    """A figure and its interval on a short scale, for a table's cell."""
    if key in _UNBOUNDED:
        return ""
    least, most = _SCALES.get(key, (0.0, 1.0))

    def place(value: float) -> float:
        return 100 * (min(max(value, least), most) - least) / (most - least)

    low, value, high = place(found.low), place(found.value), place(found.high)
    return (
        f'<span class="whisker"><i style="left:{low:.1f}%;width:{max(high - low, 0.5):.1f}%"></i>'
        f'<b style="left:{value:.1f}%"></b></span>'
    )


@dataclass(frozen=True)
class Row:
    """Cells are HTML already; the first is text, the others are numbers."""

    cells: tuple[str, ...]
    style: str = ""


def table(head: Sequence[str], rows: Sequence[Row], label: str) -> None:
    body = "".join(
        f'<tr class="{row.style}">' + "".join(f"<td>{cell}</td>" for cell in row.cells) + "</tr>"
        for row in rows
    )
    data_look.html_table("figures", head, body, label)


def named(key: str, titles: dict[str, str]) -> str:
    """A figure's title with its explanation on hover, and a star where prevalence moves it."""
    info = figure_info(key, titles)
    star = "*" if info.follows_prevalence else ""
    return f'<span title="{html.escape(info.plain)}">{html.escape(info.title)}{star}</span>'
