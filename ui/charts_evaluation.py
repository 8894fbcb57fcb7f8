"""Curves of an evaluation: several models laid over each other, one colour a model everywhere.

Points that can be pressed carry what they stand for in `customdata`: the model's place and
the lowest and highest score of the cases that are meant, as lists: arrays would come back from
a browser in another shape.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ui.charts_frame import Line, guide, model_colour, square, tall_legend

MOST_POINTS = 160
HIDDEN = {"marker": {"opacity": 0.0}}


def roc(lines: Sequence[Line]) -> go.Figure | None:
    chart = square("False positive rate (1 − specificity)", "Sensitivity")
    chart.add_scatter(x=[0, 1], y=[0, 1], **guide("guessing"))
    drawn = False
    for place, line in enumerate(lines):
        curve = line.curves.roc
        if curve is None:
            continue
        drawn, colour = True, model_colour(place)
        kept = _thin(curve.threshold.size)
        x = curve.false_positive_rate[kept]
        _band(chart, x, curve.low[kept], curve.high[kept], colour)
        label = f"{line.name}: AUC {curve.auc.value:.3f} ({curve.auc.low:.3f}–{curve.auc.high:.3f})"
        chart.add_scatter(
            x=x,
            y=curve.sensitivity[kept],
            customdata=_meant(place, curve.threshold[kept]),
            hovertemplate="False positives %{x:.1%}, found %{y:.1%}<br>threshold "
            "%{customdata[1]:.3f}<extra>" + line.name + "</extra>",
            **_pressable(label, colour),
        )
        _here(chart, _false_rate(line), _value(line, "sensitivity"), colour)
    return chart if drawn else None


def roc_by_class(line: Line, titles: dict[str, str], colours: dict[str, str]) -> go.Figure | None:
    if not line.curves.by_class:
        return None
    chart = square("False positive rate (1 − specificity)", "Sensitivity")
    chart.add_scatter(x=[0, 1], y=[0, 1], **guide("guessing"))
    for name, curve in line.curves.by_class.items():
        area = curve.auc
        label = f"{titles[name]}: {area.value:.3f} ({area.low:.3f}–{area.high:.3f})"
        kept = _thin(curve.threshold.size)
        x = curve.false_positive_rate[kept]
        _band(chart, x, curve.low[kept], curve.high[kept], colours[name], 0.08)
        chart.add_scatter(
            x=x,
            y=curve.sensitivity[kept],
            mode="lines",
            name=label,
            line={"color": colours[name], "width": 2},
            hovertemplate="False positives %{x:.1%}, found %{y:.1%}<extra>"
            + titles[name]
            + "</extra>",
        )
    return tall_legend(chart, len(line.curves.by_class) + 1)


def precision_recall(lines: Sequence[Line]) -> go.Figure | None:
    chart = square("Sensitivity (recall)", "Precision")
    drawn = False
    for place, line in enumerate(lines):
        curve = line.curves.precision_recall
        if curve is None:
            continue
        if not drawn:
            share = curve.prevalence
            label = f"guessing: {share:.3f}, the share of positives"
            chart.add_scatter(x=[0, 1], y=[share, share], **guide(label))
        drawn, kept = True, _thin(curve.threshold.size)
        chart.add_scatter(
            x=curve.recall[kept],
            y=curve.precision[kept],
            customdata=_meant(place, curve.threshold[kept]),
            hovertemplate="Found %{x:.1%}, right alarms %{y:.1%}<br>threshold "
            "%{customdata[1]:.3f}<extra>" + line.name + "</extra>",
            **_pressable(
                f"{line.name}: average precision {curve.average_precision:.3f}",
                model_colour(place),
            ),
        )
        _here(chart, _value(line, "sensitivity"), _value(line, "precision"), model_colour(place))
    return chart if drawn else None


def _pressable(name: str, colour: str) -> dict[str, object]:
    """Lines alone cannot be pressed, so each carries unseen points."""
    return {
        "mode": "lines+markers",
        "name": name,
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "size": 9, "opacity": 0},
        "selected": HIDDEN,
        "unselected": HIDDEN,
    }


def _band(
    chart: go.Figure,
    x: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    colour: str,
    opacity: float = 0.15,
) -> None:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    chart.add_scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([low, high[::-1]]),
        mode="lines",
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},{opacity})",
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def _here(chart: go.Figure, x: float | None, y: float | None, colour: str) -> None:
    """Where the threshold stands now."""
    if x is None or y is None:
        return
    chart.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={"color": colour, "size": 13, "line": {"color": "#ffffff", "width": 2}},
        name="at the threshold",
        showlegend=False,
        hovertemplate="at the threshold: %{x:.1%}, %{y:.1%}<extra></extra>",
    )


def _thin(count: int) -> NDArray[np.intp]:
    if count <= MOST_POINTS:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, MOST_POINTS).astype(np.intp))


def _meant(place: int, thresholds: NDArray[np.float64]) -> list[list[float]]:
    """The first threshold of a curve is infinite: nothing is called positive there."""
    return [[place, at, at] for at in np.minimum(thresholds, 1.0).tolist()]


def _value(line: Line, name: str) -> float | None:
    found = line.figures.get(name)
    return None if found is None else found.value


def _false_rate(line: Line) -> float | None:
    quiet = _value(line, "specificity")
    return None if quiet is None else 1 - quiet
