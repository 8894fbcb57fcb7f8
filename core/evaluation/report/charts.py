"""The charts of an evaluation; several models are laid over each other."""

from collections.abc import Iterator, Sequence

import numpy as np

from core.domain.colours import class_colour
from core.domain.curves import Reliability, RocCurve
from core.domain.evaluation import Evaluation
from core.domain.heatmaps import Faithfulness
from core.evaluation.report.svg import COLOURS, Chart

GREY = "#888888"
DASHED = "5 4"


def charts(found: Sequence[Evaluation]) -> list[Chart]:
    """Those that can be drawn of at least one model."""
    made = [_roc(found), _precision_recall(found), _calibration(found), _decision(found)]
    made += [_scores(item) for item in found]
    made += [_by_class(item) for item in found]
    made += [chart for item in found for chart in _learning(item)]
    return [chart for chart in made if chart is not None]


def _named(found: Sequence[Evaluation]) -> Iterator[tuple[Evaluation, str, str]]:
    for place, item in enumerate(found):
        yield item, COLOURS[place % len(COLOURS)], item.judged.model


def _roc(found: Sequence[Evaluation]) -> Chart | None:
    chart = Chart("ROC curve with 95% band", "False positive rate", "Sensitivity")
    chart.line([0, 1], [0, 1], GREY, "guessing", dash=DASHED)
    drawn = [(i.curves.roc, colour, name) for i, colour, name in _named(found) if i.curves.roc]
    for curve, colour, name in drawn:
        _add_roc(chart, curve, colour, name)
    return chart if drawn else None


def _add_roc(chart: Chart, curve: RocCurve, colour: str, name: str) -> None:
    chart.band(curve.false_positive_rate, curve.low, curve.high, colour)
    area = curve.auc
    label = f"{name}: AUC {area.value:.3f} ({area.low:.3f} to {area.high:.3f})"
    chart.line(curve.false_positive_rate, curve.sensitivity, colour, label)


def _by_class(item: Evaluation) -> Chart | None:
    if not item.curves.by_class:
        return None
    title = f"ROC curve, each class against the rest: {item.judged.model}"
    chart = Chart(title, "False positive rate", "Sensitivity")
    chart.line([0, 1], [0, 1], GREY, "guessing", dash=DASHED)
    names = [c.name for c in item.judged.classes]
    for name, curve in item.curves.by_class.items():
        label = f"{name}: AUC {curve.auc.value:.3f} ({curve.auc.low:.3f} to {curve.auc.high:.3f})"
        chart.line(curve.false_positive_rate, curve.sensitivity, class_colour(name, names), label)
    return chart


def _precision_recall(found: Sequence[Evaluation]) -> Chart | None:
    chart = Chart("Precision-recall curve", "Sensitivity (recall)", "Precision")
    drawn = 0
    for item, colour, name in _named(found):
        curve = item.curves.precision_recall
        if curve is not None:
            if not drawn:
                share = curve.prevalence
                chart.line([0, 1], [share, share], GREY, f"guessing: {share:.3f}", dash=DASHED)
            label = f"{name}: average precision {curve.average_precision:.3f}"
            chart.line(curve.recall, curve.precision, colour, label)
            drawn += 1
    return chart if drawn else None


def _calibration(found: Sequence[Evaluation]) -> Chart | None:
    chart = Chart("Calibration", "Stated probability", "How often it was so")
    chart.line([0, 1], [0, 1], GREY, "as stated", dash=DASHED)
    drawn = 0
    for item, colour, name in _named(found):
        before, after = item.curves.raw_calibration, item.curves.calibration
        if before is not None and after is not None and after.temperature != 1:
            label = f"{name} before: error {before.error:.3f}"
            chart.line(before.said, before.observed, colour, label, dash="2 3")
        if after is not None:
            _add_calibration(chart, after, colour, name)
            drawn += 1
    return chart if drawn else None


def _add_calibration(chart: Chart, curve: Reliability, colour: str, name: str) -> None:
    label = f"{name}: error {curve.error:.3f} at temperature {curve.temperature:.2f}"
    chart.line(curve.said, curve.observed, colour, label)
    chart.points(curve.said, curve.observed, colour, low=curve.low, high=curve.high)


def _decision(found: Sequence[Evaluation]) -> Chart | None:
    curves = [(i.curves.decision, c, n) for i, c, n in _named(found) if i.curves.decision]
    if not curves:
        return None
    first = curves[0][0]
    top = max(0.02, *(float(np.max(c.model)) for c, _, _ in curves), float(first.act_on_all[0]))
    chart = Chart(
        "Decision curve",
        "Probability from which one would act",
        "Net benefit",
        x=(0.0, float(first.threshold[-1])),
        y=(-0.25 * top, 1.1 * top),
    )
    chart.line(first.threshold, first.act_on_none, GREY, "act on nobody")
    chart.line(first.threshold, first.act_on_all, GREY, "act on everybody", dash=DASHED)
    for curve, colour, name in curves:
        chart.line(curve.threshold, curve.model, colour, name)
    return chart


def _scores(item: Evaluation) -> Chart | None:
    spread = item.curves.scores
    if spread is None:
        return None
    top = float(max(spread.positive.max(), spread.negative.max(), 0.01))
    title = f"Scores of both sides: {item.judged.model}"
    chart = Chart(title, "Score", "Share of the side's cases", y=(0.0, 1.08 * top))
    chart.bars(spread.edges, spread.negative, COLOURS[2], "negative")
    chart.bars(spread.edges, spread.positive, COLOURS[1], "positive")
    at = item.judged.point.threshold
    chart.line([at, at], [0, 1.08 * top], GREY, f"threshold {at:.3f}", dash=DASHED)
    return chart


def _learning(item: Evaluation) -> Iterator[Chart]:
    table, name = item.learning, item.judged.model
    for measure in ("loss", "auc"):
        both = [table.get(measure, []), table.get(f"validation_{measure}", [])]
        known = np.array([v for column in both for v in column if np.isfinite(v)])
        epochs = table.get("epoch", [])
        if len(epochs) > 1 and known.size:
            low, high = (0.0, float(known.max()) * 1.05) if measure == "loss" else (0.0, 1.0)
            chart = Chart(
                f"Learning curve, {measure.upper() if measure == 'auc' else measure}: {name}",
                "Epoch",
                measure.upper() if measure == "auc" else measure.capitalize(),
                x=(float(epochs[0]), float(epochs[-1])),
                y=(low, max(high, 1e-6)),
            )
            chart.line(epochs, both[0], COLOURS[0], "training")
            chart.line(epochs, both[1], COLOURS[1], "validation")
            yield chart


def faithfulness_chart(name: str, found: Faithfulness) -> Chart:
    chart = Chart(f"Deletion and insertion: {name}", "Share of the image changed", "Mean score")
    chart.line(
        found.share,
        found.deletion,
        COLOURS[1],
        f"hottest first taken away ({found.deletion_area:.3f})",
    )
    chart.line(found.share, found.random_deletion, COLOURS[1], "random order", dash=DASHED)
    chart.line(
        found.share,
        found.insertion,
        COLOURS[0],
        f"hottest first shown ({found.insertion_area:.3f})",
    )
    chart.line(found.share, found.random_insertion, COLOURS[0], "random order", dash=DASHED)
    return chart
