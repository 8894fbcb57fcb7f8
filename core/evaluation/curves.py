"""What is drawn of one model, as numbers: the charts and the report only place them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.domain.card import Interval
from core.domain.curves import Curves, DecisionCurve, PrecisionRecall, RocCurve, ScoreDistribution
from core.evaluation.bootstrap import Kind, draw, interval
from core.evaluation.ranking import Ranked, ranked
from core.evaluation.reliability import reliability
from core.evaluation.sample import Bools, Floats, Sample

Places = NDArray[np.intp]
# More points than a screen has pixels only make a page slow.
MOST_POINTS = 800
BAND_RESAMPLES = 500
RATES = np.linspace(0, 1, 201)
SCORE_BINS = 40
# Nobody acts only when nearly certain; net benefit explodes towards 1.
ACT_FROM = np.linspace(0.01, 0.8, 80)


def curves(
    sample: Sample,
    raw: Sample | None = None,
    *,
    temperature: float = 1.0,
    areas: Mapping[str, Interval] | None = None,
    resamples: int = BAND_RESAMPLES,
    seed: int = 0,
) -> Curves:
    """`raw` is the same answers before temperature scaling.

    `areas` are the figures already measured, so that chart and table state the same.
    """
    drawn = _curves(sample, raw, temperature, resamples, seed)
    known = areas or {}
    by_class = {
        name: replace(curve, auc=known.get(f"auc_{name}", curve.auc))
        for name, curve in drawn.by_class.items()
    }
    roc = drawn.roc and replace(drawn.roc, auc=known.get("auc", drawn.roc.auc))
    return replace(drawn, roc=roc, by_class=by_class)


def _curves(
    sample: Sample, raw: Sample | None, temperature: float, resamples: int, seed: int
) -> Curves:
    before = reliability(raw, temperature=1.0) if raw is not None else None
    after = reliability(sample, temperature=temperature)
    if not sample.positive:
        missing = {"roc": "No class counts as positive, so there is one curve a class only."}
        by_class = _by_class(sample, resamples, seed)
        return Curves(calibration=after, raw_calibration=before, by_class=by_class, missing=missing)
    truth = sample.is_positive
    scores = distribution(sample.score, truth)
    if truth.all() or not truth.any():
        only = "positive" if truth.all() else "negative"
        text = f"All {sample.n} cases are {only}; this curve needs cases of both sides."
        return Curves(
            calibration=after,
            raw_calibration=before,
            scores=scores,
            by_class=_by_class(sample, resamples, seed),
            missing=dict.fromkeys(("roc", "precision_recall", "decision"), text),
        )
    return Curves(
        roc=roc(sample, sample.score, truth, resamples=resamples, seed=seed),
        precision_recall=precision_recall(sample.score, truth),
        calibration=after,
        raw_calibration=before,
        scores=scores,
        decision=decision(sample.score, truth),
        by_class=_by_class(sample, resamples, seed),
    )


def _by_class(sample: Sample, resamples: int, seed: int) -> dict[str, RocCurve]:
    if len(sample.classes) < 3 or len(sample.occurring) < 2:
        return {}
    return {
        sample.classes[place]: roc(
            sample,
            sample.probabilities[:, place],
            sample.targets == place,
            resamples=resamples,
            seed=seed,
        )
        for place in sample.occurring
    }


def roc(
    sample: Sample, scores: Floats, truth: Bools, *, resamples: int = BAND_RESAMPLES, seed: int = 0
) -> RocCurve:
    """The curve's corners with the band of drawn patients around the sensitivity."""
    question = ranked(scores, truth, sample.patients, sample.n_patients)
    draws = draw(lambda w: _along(question, w), sample.n_patients, sample.n, resamples, seed)
    sides = (np.unique(sample.patients[rows]).size for rows in (truth, ~truth))
    kind = Kind(sample.n, min(sides))
    false_rate, sensitivity, threshold = corners(scores, truth)
    bounds = [interval(draws[str(i)], kind) for i in range(RATES.size)]
    low = np.interp(false_rate, RATES, [b.low for b in bounds])
    high = np.interp(false_rate, RATES, [b.high for b in bounds])
    return RocCurve(
        false_rate,
        sensitivity,
        np.minimum(low, sensitivity),
        np.maximum(high, sensitivity),
        threshold,
        interval(draws["auc"], kind),
    )


def _along(question: Ranked, weights: Floats) -> Mapping[str, Floats]:
    curve = question.curve(weights)
    rates = curve.sensitivity_along(RATES)
    return {"auc": curve.auc()} | {str(i): row for i, row in enumerate(rates)}


def corners(scores: Floats, truth: Bools) -> tuple[Floats, Floats, Floats]:
    """False positive rate, sensitivity and threshold where the curve bends."""
    values, tp, fp = _called(scores, truth)
    bend = np.ones(values.size, bool)
    # A point between two others on a straight line adds nothing.
    dtp, dfp = np.diff(tp, prepend=0), np.diff(fp, prepend=0)
    bend[:-1] = dtp[:-1] * dfp[1:] != dtp[1:] * dfp[:-1]
    kept = _thinned(np.flatnonzero(bend))
    start = np.zeros(1)
    return (
        np.concatenate([start, fp[kept] / fp[-1]]),
        np.concatenate([start, tp[kept] / tp[-1]]),
        np.concatenate([[np.inf], values[kept]]),
    )


def precision_recall(scores: Floats, truth: Bools) -> PrecisionRecall:
    values, tp, fp = _called(scores, truth)
    precision, recall = tp / (tp + fp), tp / tp[-1]
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    kept = _thinned(np.flatnonzero(np.diff(tp, prepend=0) > 0))
    share = float(truth.mean())
    return PrecisionRecall(recall[kept], precision[kept], values[kept], share, area)


def decision(scores: Floats, truth: Bools) -> DecisionCurve:
    """Net benefit: true positives less false ones at the odds at which one would act."""
    odds = ACT_FROM / (1 - ACT_FROM)
    ordered, positives = np.sort(scores), np.sort(scores[truth])
    called = scores.size - np.searchsorted(ordered, ACT_FROM, side="left")
    tp = positives.size - np.searchsorted(positives, ACT_FROM, side="left")
    share = float(truth.mean())
    return DecisionCurve(
        ACT_FROM,
        (tp - (called - tp) * odds) / scores.size,
        share - (1 - share) * odds,
        np.zeros_like(ACT_FROM),
    )


def distribution(scores: Floats, truth: Bools) -> ScoreDistribution:
    edges = np.linspace(0, 1, SCORE_BINS + 1)

    def share(rows: Bools) -> Floats:
        counts: Floats = np.histogram(np.clip(scores[rows], 0, 1), edges)[0].astype(np.float64)
        return counts / max(1, int(rows.sum()))

    return ScoreDistribution(edges, share(truth), share(~truth))


def _called(scores: Floats, truth: Bools) -> tuple[Floats, Floats, Floats]:
    """Distinct scores from the highest, with what is called positive from each on."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), ordered.size - 1)
    tp = np.cumsum(truth[order])[last].astype(np.float64)
    return ordered[last], tp, last + 1.0 - tp


def _thinned(places: Places) -> Places:
    if places.size <= MOST_POINTS:
        return places
    return places[np.unique(np.linspace(0, places.size - 1, MOST_POINTS).astype(np.intp))]
