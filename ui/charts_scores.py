"""Charts of probabilities and of training: calibration, scores, decisions, learning, deletion.

Points that can be pressed carry the model's place and a range of scores, as lists: arrays would
come back from a browser in another shape.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.domain.curves import Reliability
from core.domain.heatmaps import Faithfulness
from ui.charts import OKABE_ITO
from ui.charts_frame import (
    GREY,
    Line,
    axes,
    guide,
    mark_threshold,
    model_colour,
    square,
    tall_legend,
)


def calibration(lines: Sequence[Line]) -> go.Figure | None:
    chart = square("Stated probability", "How often it was so")
    chart.add_scatter(x=[0, 1], y=[0, 1], **guide("as stated"))
    drawn = False
    for place, line in enumerate(lines):
        after, before = line.curves.calibration, line.curves.raw_calibration
        colour = model_colour(place)
        if before is not None and after is not None and after.temperature != 1:
            label = f"{line.name} before scaling: error {before.error:.3f}"
            _calibrated(chart, before, colour, label, "dot", place, bars=False)
        if after is not None:
            drawn = True
            label = f"{line.name}: error {after.error:.3f}, temperature {after.temperature:.2f}"
            _calibrated(chart, after, colour, label, "solid", place, bars=True)
    return tall_legend(chart, 1 + 2 * len(lines)) if drawn else None


def _calibrated(
    chart: go.Figure,
    curve: Reliability,
    colour: str,
    label: str,
    dash: str,
    place: int,
    *,
    bars: bool,
) -> None:
    errors = {
        "type": "data",
        "array": curve.high - curve.observed,
        "arrayminus": curve.observed - curve.low,
        "thickness": 1,
        "width": 3,
        "color": colour,
    }
    low = np.floor(curve.said * 15) / 15
    chart.add_scatter(
        x=curve.said,
        y=curve.observed,
        mode="lines+markers",
        name=label,
        line={"color": colour, "dash": dash, "width": 2},
        marker={"color": colour, "size": 7 if bars else 4},
        error_y=errors if bars else None,
        customdata=np.column_stack(
            [np.full(low.size, place), low, np.minimum(low + 1 / 15, 1), curve.cases]
        ).tolist(),
        hovertemplate="Said %{x:.1%}, was so in %{y:.1%} of %{customdata[3]:,} images"
        "<extra></extra>",
    )


def scores(line: Line, place: int, titles: tuple[str, str]) -> go.Figure | None:
    """Both sides of one model; the decision line between them."""
    spread = line.curves.scores
    if spread is None:
        return None
    chart = go.Figure()
    width = float(spread.edges[1] - spread.edges[0])
    sides = ((titles[1], spread.negative, "green"), (titles[0], spread.positive, "vermillion"))
    for title, shares, colour in sides:
        chart.add_bar(
            x=spread.edges[:-1] + width / 2,
            y=shares,
            width=width,
            name=title,
            marker={"color": OKABE_ITO[colour], "opacity": 0.62, "line": {"width": 0}},
            customdata=np.column_stack(
                [np.full(shares.size, place), spread.edges[:-1], spread.edges[1:]]
            ).tolist(),
            hovertemplate="Score %{customdata[1]:.3f} to %{customdata[2]:.3f}<br>%{y:.1%} of "
            + title
            + "<extra></extra>",
        )
    chart.update_layout(barmode="overlay")
    axes(chart, "Score: probability of the positive classes", "Share of the side's images")
    chart.update_xaxes(range=[0, 1])
    chart.update_yaxes(tickformat=".0%")
    return mark_threshold(chart, line.threshold, OKABE_ITO["grey"])


def decision(lines: Sequence[Line]) -> go.Figure | None:
    curves = [(p, line, line.curves.decision) for p, line in enumerate(lines)]
    known = [(p, line, curve) for p, line, curve in curves if curve is not None]
    if not known:
        return None
    first, chart = known[0][2], go.Figure()
    top = max(0.02, *(float(np.max(c.model)) for _, _, c in known), float(first.act_on_all[0]))
    chart.add_scatter(x=first.threshold, y=first.act_on_none, **guide("act on nobody", "solid"))
    chart.add_scatter(x=first.threshold, y=first.act_on_all, **guide("act on everybody"))
    for place, line, curve in known:
        chart.add_scatter(
            x=curve.threshold,
            y=curve.model,
            mode="lines",
            name=line.name,
            line={"color": model_colour(place), "width": 2},
            hovertemplate="Acting from %{x:.0%}: net benefit %{y:.3f}<extra>"
            + line.name
            + "</extra>",
        )
    axes(chart, "Probability from which one would act", "Net benefit")
    chart.update_xaxes(range=[0, float(first.threshold[-1])], tickformat=".0%")
    chart.update_yaxes(range=[-0.25 * top, 1.1 * top])
    return mark_threshold(chart, lines[0].threshold, GREY) if len(lines) == 1 else chart


def learning(lines: Sequence[Line], measure: str) -> go.Figure | None:
    """Training dashed, validation whole; models whose run is gone are left out."""
    chart, drawn = go.Figure(), False
    for place, line in enumerate(lines):
        table = line.evaluation.learning
        for column, name, dash in ((measure, "training", "dot"), (f"validation_{measure}", "", "")):
            values = np.array(table.get(column, []), dtype=float)
            if np.isfinite(values).sum() < 2:
                continue
            drawn = True
            chart.add_scatter(
                x=table["epoch"],
                y=values,
                mode="lines",
                name=f"{line.name}, {name or 'validation'}",
                line={"color": model_colour(place), "dash": dash or "solid", "width": 2},
                hovertemplate="Epoch %{x}: %{y:.3f}<extra>%{fullData.name}</extra>",
            )
    title = "AUC" if measure == "auc" else measure.capitalize()
    axes(chart, "Epoch", title)
    longest = max((len(line.evaluation.learning.get("epoch", [])) for line in lines), default=1)
    chart.update_xaxes(dtick=max(1, longest // 8))
    return tall_legend(chart, 2 * len(lines)) if drawn else None


def faithfulness(found: Faithfulness) -> go.Figure:
    """Mean score while the hottest pixels are taken away, and while only they are shown."""
    chart = go.Figure()
    for values, name, colour, dash in (
        (found.deletion, "hottest first taken away", "vermillion", "solid"),
        (found.random_deletion, "taken away in random order", "vermillion", "dot"),
        (found.insertion, "hottest first shown", "blue", "solid"),
        (found.random_insertion, "shown in random order", "blue", "dot"),
    ):
        chart.add_scatter(
            x=found.share,
            y=values,
            mode="lines",
            name=name,
            line={"color": OKABE_ITO[colour], "dash": dash, "width": 2},
            hovertemplate="%{x:.0%} of the image: %{y:.3f}<extra>%{fullData.name}</extra>",
        )
    axes(chart, "Share of the image changed", "Mean score of the true class")
    chart.update_xaxes(range=[0, 1], tickformat=".0%")
    chart.update_yaxes(range=[0, 1.02])
    return tall_legend(chart, 4)
