"""How figures spread from fold to fold, beside what all folds together say."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.domain.card import Interval
from ui import words
from ui.charts import OKABE_ITO, template

_ROW, _ROOM = 52, 92


def folds(
    names: Sequence[str],
    each: Mapping[str, Sequence[tuple[str, float]]],
    pooled: Mapping[str, Interval],
) -> go.Figure:
    """One row a figure: a dot a fold, and the interval of all held-out answers together."""
    chart = go.Figure()
    rows = list(names)[::-1]
    for place, name in enumerate(rows):
        if name in pooled:
            _together(chart, place, pooled[name], first=place == len(rows) - 1)
        said = [label for label, _ in each.get(name, ())]
        chart.add_scatter(
            x=[value for _, value in each.get(name, ())],
            y=[place - 0.16] * len(said),
            customdata=said,
            mode="markers",
            name="A fold",
            showlegend=place == len(rows) - 1,
            marker={"size": 9, "color": OKABE_ITO["sky"], "line": {"width": 1, "color": "#0072B2"}},
            hovertemplate="%{customdata}: %{x:.3f}<extra>" + words.title(name) + "</extra>",
        )
    chart.update_layout(template=template(), height=_ROW * len(rows) + _ROOM)
    chart.update_xaxes(
        range=[-0.02, 1.02], tickformat=".1f", dtick=0.2, fixedrange=True, title={"text": "Value"}
    )
    chart.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[words.title(name) for name in rows],
        range=[-0.6, len(rows) - 0.4],
        fixedrange=True,
        ticks="",
        showgrid=False,
    )
    return chart


def _together(chart: go.Figure, place: int, found: Interval, *, first: bool) -> None:
    chart.add_scatter(
        x=[found.value],
        y=[place + 0.16],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [found.high - found.value],
            "arrayminus": [found.value - found.low],
            "thickness": 3,
            "width": 0,
        },
        mode="markers",
        name="All folds together, with its interval",
        showlegend=first,
        marker={"size": 12, "symbol": "diamond", "color": OKABE_ITO["vermillion"]},
        hovertemplate=f"%{{x:.3f}} ({words.interval(found)})<extra>together</extra>",
    )
