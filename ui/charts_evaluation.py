"""Curves of an evaluation: several models laid over each other, one colour a model everywhere.

Points that can be pressed carry what they stand for in `customdata`: the model's place and
the lowest and highest score of the cases that are meant, as lists: arrays would come back from
a browser in another shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.domain.card import Interval
from core.domain.curves import Curves, Reliability
from core.domain.evaluation import Evaluation
from core.domain.heatmaps import Faithfulness
from ui.charts import OKABE_ITO, template

GREY = OKABE_ITO["grey"]
_MODELS = ("blue", "vermillion", "green", "purple")
HEIGHT, MOST_POINTS = 360, 160
HIDDEN = {"marker": {"opacity": 0.0}}


@dataclass(frozen=True)
class Line:
    """A model on a chart, where its threshold stands now, and the figures at it."""

    name: str
    evaluation: Evaluation
    threshold: float
    figures: dict[str, Interval]

    @property
    def curves(self) -> Curves:
        return self.evaluation.curves


def model_colour(place: int) -> str:
    return OKABE_ITO[_MODELS[place % len(_MODELS)]]


def roc(lines: Sequence[Line]) -> go.Figure | None:
    chart = _square("False positive rate (1 − specificity)", "Sensitivity")
    chart.add_scatter(x=[0, 1], y=[0, 1], **_guide("guessing"))
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
    chart = _square("False positive rate (1 − specificity)", "Sensitivity")
    chart.add_scatter(x=[0, 1], y=[0, 1], **_guide("guessing"))
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
    return _tall_legend(chart, len(line.curves.by_class) + 1)


def precision_recall(lines: Sequence[Line]) -> go.Figure | None:
    chart = _square("Sensitivity (recall)", "Precision")
    drawn = False
    for place, line in enumerate(lines):
        curve = line.curves.precision_recall
        if curve is None:
            continue
        if not drawn:
            share = curve.prevalence
            label = f"guessing: {share:.3f}, the share of positives"
            chart.add_scatter(x=[0, 1], y=[share, share], **_guide(label))
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


def calibration(lines: Sequence[Line]) -> go.Figure | None:
    chart = _square("Stated probability", "How often it was so")
    chart.add_scatter(x=[0, 1], y=[0, 1], **_guide("as stated"))
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
    return _tall_legend(chart, 1 + 2 * len(lines)) if drawn else None


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
    _axes(chart, "Score: probability of the positive classes", "Share of the side's images")
    chart.update_xaxes(range=[0, 1])
    chart.update_yaxes(tickformat=".0%")
    return _threshold(chart, line.threshold, OKABE_ITO["grey"])


def decision(lines: Sequence[Line]) -> go.Figure | None:
    curves = [(p, line, line.curves.decision) for p, line in enumerate(lines)]
    known = [(p, line, curve) for p, line, curve in curves if curve is not None]
    if not known:
        return None
    first, chart = known[0][2], go.Figure()
    top = max(0.02, *(float(np.max(c.model)) for _, _, c in known), float(first.act_on_all[0]))
    chart.add_scatter(x=first.threshold, y=first.act_on_none, **_guide("act on nobody", "solid"))
    chart.add_scatter(x=first.threshold, y=first.act_on_all, **_guide("act on everybody"))
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
    _axes(chart, "Probability from which one would act", "Net benefit")
    chart.update_xaxes(range=[0, float(first.threshold[-1])], tickformat=".0%")
    chart.update_yaxes(range=[-0.25 * top, 1.1 * top])
    return _threshold(chart, lines[0].threshold, GREY) if len(lines) == 1 else chart


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
    _axes(chart, "Epoch", title)
    longest = max((len(line.evaluation.learning.get("epoch", [])) for line in lines), default=1)
    chart.update_xaxes(dtick=max(1, longest // 8))
    return _tall_legend(chart, 2 * len(lines)) if drawn else None


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
    _axes(chart, "Share of the image changed", "Mean score of the true class")
    chart.update_xaxes(range=[0, 1], tickformat=".0%")
    chart.update_yaxes(range=[0, 1.02])
    return _tall_legend(chart, 4)


def _square(x: str, y: str) -> go.Figure:
    chart = go.Figure()
    _axes(chart, x, y)
    chart.update_xaxes(range=[0, 1], tickformat=".0%", dtick=0.25)
    return chart.update_yaxes(range=[0, 1.02], tickformat=".0%", dtick=0.25)


def _axes(chart: go.Figure, x: str, y: str) -> None:
    chart.update_layout(
        template=template(), height=HEIGHT, hovermode="closest", clickmode="event+select"
    )
    chart.update_xaxes(title={"text": x, "font": {"size": 13}})
    chart.update_yaxes(title={"text": y, "font": {"size": 13}})
    _tall_legend(chart, 2)


def _tall_legend(chart: go.Figure, entries: int) -> go.Figure:
    """Below the chart, an entry a line, so that long names fit a phone."""
    return chart.update_layout(
        height=HEIGHT + 22 * entries,
        legend={
            "orientation": "v",
            "x": 0,
            "xanchor": "left",
            "y": -0.22,
            "yanchor": "top",
            "font": {"size": 13},
        },
    )


def _guide(name: str, dash: str = "dash") -> dict[str, object]:
    return {
        "mode": "lines",
        "name": name,
        "line": {"color": GREY, "dash": dash, "width": 1.2},
        "hoverinfo": "skip",
    }


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


def _threshold(chart: go.Figure, at: float, colour: str) -> go.Figure:
    side = "left" if at < 0.5 else "right"
    chart.update_layout(margin={"t": 28})
    return chart.add_vline(
        x=min(at, 1.0),
        line={"color": colour, "width": 2, "dash": "dash"},
        annotation={
            "text": f"threshold {at:.3f}",
            "xanchor": side,
            "y": 1,
            "yanchor": "bottom",
            "font": {"size": 12},
        },
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
