"""Charts as pure functions: numbers in, a plotly figure out, all in one look.

Classes wear the colours of Okabe and Ito, which stay apart for colour-blind eyes; a
class has the same colour on every page.
"""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.domain.card import ClassCard, OperatingPoint
from core.domain.colours import OKABE_ITO, class_colour
from ui import words

__all__ = ["CONFIG", "OKABE_ITO", "STILL", "class_colour", "probability_bars", "template"]

CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg"},
}
STILL = {"displayModeBar": False, "staticPlot": False, "scrollZoom": False, "doubleClick": False}


def template() -> go.layout.Template:
    """Sizes and margins; text and grid colours come from the page's own theme."""
    axis = {"automargin": True, "zeroline": False, "ticks": "outside", "ticklen": 4}
    return go.layout.Template(
        layout={
            "font": {"size": 14},
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {"font": {"size": 14}},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "colorway": list(OKABE_ITO.values()),
        }
    )


def probability_bars(
    probabilities: Mapping[str, float], classes: Sequence[ClassCard], point: OperatingPoint
) -> go.Figure:
    """One bar a class, first class on top, with the decision line across its bar."""
    names = [item.name for item in classes][::-1]
    values = [probabilities[name] for name in names]
    chart = go.Figure(
        go.Bar(
            y=[_wrapped(item.title) for item in classes][::-1],
            x=values,
            orientation="h",
            width=0.52,
            marker={"color": [class_colour(name, names) for name in names]},
            customdata=[words.percent(value) for value in values],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )
    chart.update_layout(template=template(), height=50 * len(names) + 56, showlegend=False)
    chart.update_xaxes(
        range=[0, 1.3],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        tickformat=".0%",
        title={"text": "Probability", "font": {"size": 13}},
        fixedrange=True,
    )
    chart.update_yaxes(fixedrange=True, ticks="", tickfont={"size": 15}, showgrid=False)
    for place, value in enumerate(values):
        _write(chart, 1.28, place, words.percent(value), xanchor="right", size=15)
    _draw_decision_line(chart, names, point)
    return chart


def _draw_decision_line(chart: go.Figure, names: Sequence[str], point: OperatingPoint) -> None:
    """Only where one class raises the alarm: a sum of several has no bar to stand on."""
    if len(point.positive) != 1 or point.positive[0] not in names:
        return
    place, share = names.index(point.positive[0]), point.threshold
    # Black on white, so that it stands out from any bar and from either theme.
    for colour, width in (("#ffffff", 6), ("#000000", 2)):
        chart.add_shape(
            type="line",
            x0=share,
            x1=share,
            y0=place - 0.36,
            y1=place + 0.36,
            line={"width": width, "color": colour},
        )
    side = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    _write(chart, share, place - 0.34, "decision line", xanchor=side, yanchor="top", size=12)


def _write(chart: go.Figure, x: float, y: float, text: str, *, size: int, **place: str) -> None:
    chart.add_annotation(x=x, y=y, text=text, showarrow=False, font={"size": size}, **place)


def _wrapped(title: str) -> str:
    """Long class names break once, so that bars keep their room on a phone."""
    head, _, tail = title.partition(" without ")
    return f"{head}<br>without {tail}" if tail else title
