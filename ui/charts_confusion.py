"""The confusion matrix as a chart whose cells can be pressed, and dots for groups."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.domain.evaluation import SubgroupTable
from ui.charts import OKABE_ITO, template

# The cells' ground lets the page's own text colour be read in either theme.
_GROUND = [[0, "rgba(0,114,178,0.05)"], [1, "rgba(0,114,178,0.62)"]]


def confusion(
    counts: Sequence[Sequence[int]], names: Sequence[str], titles: Sequence[str]
) -> go.Figure:
    """Rows are truths, columns are answers; `customdata` of a cell names both."""
    cells = np.array(counts, dtype=float)
    totals = cells.sum(axis=1, keepdims=True)
    rates = np.divide(cells, totals, out=np.zeros_like(cells), where=totals > 0)
    across, down = [_wrapped(t) for t in titles], [_wrapped(t) for t in titles]
    chart = go.Figure(
        go.Heatmap(
            z=rates,
            x=across,
            y=down,
            colorscale=_GROUND,
            zmin=0,
            zmax=1,
            showscale=False,
            hoverinfo="skip",
            xgap=3,
            ygap=3,
        )
    )
    places = [(i, j) for i in range(len(names)) for j in range(len(names))]
    # Heatmaps cannot be pressed, so unseen points lie on the cells; the nearest one counts.
    chart.add_scatter(
        x=[across[j] for _, j in places],
        y=[down[i] for i, _ in places],
        mode="markers+text",
        marker={"size": 46, "symbol": "square", "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        text=[f"<b>{int(cells[i, j]):,}</b><br>{rates[i, j]:.1%}" for i, j in places],
        textfont={"size": 15},
        customdata=[[names[i], names[j], titles[i], titles[j]] for i, j in places],
        hovertemplate="%{customdata[2]} called %{customdata[3]}: %{text}<br>press to see them"
        "<extra></extra>",
        showlegend=False,
    )
    chart.update_layout(
        template=template(),
        height=110 + 74 * len(names),
        hovermode="closest",
        hoverdistance=-1,
        clickmode="event+select",
        dragmode=False,
    )
    axis = {"fixedrange": True, "showgrid": False, "ticks": ""}
    chart.update_xaxes(title={"text": "Answer", "font": {"size": 13}}, side="top", **axis)
    title = {"text": "Truth", "font": {"size": 13}}
    return chart.update_yaxes(title=title, autorange="reversed", **axis)


def group_dots(table: SubgroupTable, figure: str, title: str) -> go.Figure:
    """One figure of every group with its interval, the first on top; small groups are grey."""
    known = [g for g in table.groups if figure in g.figures][::-1]
    chart = go.Figure()
    for small, colour in ((False, "blue"), (True, "grey")):
        groups = [g for g in known if g.small is small]
        found = [g.figures[figure] for g in groups]
        chart.add_scatter(
            x=[i.value for i in found],
            y=[_wrapped(g.value) for g in groups],
            mode="markers",
            name="few patients" if small else "enough patients",
            marker={"color": OKABE_ITO[colour], "size": 10, "symbol": "circle"},
            error_x={
                "type": "data",
                "array": [i.high - i.value for i in found],
                "arrayminus": [i.value - i.low for i in found],
                "color": OKABE_ITO[colour],
                "thickness": 2,
                "width": 5,
            },
            customdata=[
                [i.low, i.high, g.cases, g.patients] for i, g in zip(found, groups, strict=True)
            ],
            hovertemplate="%{y}: %{x:.3f} (%{customdata[0]:.3f} to %{customdata[1]:.3f})<br>"
            "%{customdata[2]:,} images of %{customdata[3]:,} patients<extra></extra>",
        )
    chart.update_layout(template=template(), height=96 + 34 * len(known), showlegend=False)
    chart.update_xaxes(title={"text": title, "font": {"size": 13}}, range=[0, 1.03])
    order = [_wrapped(g.value) for g in known]
    return chart.update_yaxes(
        type="category", categoryorder="array", categoryarray=order, fixedrange=True
    )


def _wrapped(title: str) -> str:
    head, _, tail = title.partition(" without ")
    return f"{head}<br>without {tail}" if tail else title
