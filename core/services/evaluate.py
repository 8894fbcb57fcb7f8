"""From answers to everything that is said of a model: the one way page, command and report go."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.domain.card import Interval
from core.domain.evaluation import (
    Caution,
    Context,
    Difference,
    Evaluation,
    Judged,
    PerClass,
    Weight,
)
from core.domain.heatmaps import HeatmapReport
from core.domain.training import MEASURES
from core.errors import InputError
from core.evaluation import honesty
from core.evaluation.comparison import delong, gaps, mcnemar
from core.evaluation.curves import curves
from core.evaluation.figures import RESAMPLES, Measured, measure, measure_point
from core.evaluation.per_class import confusion, per_class
from core.evaluation.published import published_for
from core.evaluation.shortcuts import candidates, shortcuts
from core.evaluation.subgroups import subgroups
from core.services.judgement import Judgement, judge, own_data
from core.services.overlap import overlap
from core.training import journal

__all__ = [
    "AtThreshold",
    "at_threshold",
    "compare",
    "evaluate",
    "judge",
]


def evaluate(
    found: Judgement, *, resamples: int = RESAMPLES, heatmaps: HeatmapReport | None = None
) -> Evaluation:
    """All figures, curves, groups and cautions; heatmaps take longer and are made apart."""
    sample = found.sample
    measured = measure(sample, resamples=resamples)
    counts = confusion(sample)
    tried = shortcuts(sample, candidates(found.index))
    seen = honesty.context(sample, tried)
    return Evaluation(
        judged=_judged(found),
        figures=measured.figures,
        missing=measured.missing,
        notes=(*measured.notes, *_left_out(found)),
        confusion=counts,
        curves=curves(
            sample,
            found.raw,
            temperature=found.subject.calibration.temperature,
            areas=measured.figures,
            resamples=max(2, resamples // 2),
        ),
        per_class=per_class(counts, sample.classes),
        context=seen,
        cautions=_cautions(found, measured, seen),
        subgroups=subgroups(sample, found.properties, resamples=max(2, resamples // 2)),
        published=published_for(found.subject.recipe, found.subject.task),
        heatmaps=heatmaps,
        learning=_learning(found),
    )


@dataclass(frozen=True)
class AtThreshold:
    """What moves with the slider."""

    threshold: float
    figures: dict[str, Interval]
    missing: dict[str, str]
    confusion: tuple[tuple[int, ...], ...]
    per_class: PerClass


def at_threshold(
    found: Judgement,
    threshold: float,
    *,
    resamples: int = 300,
    known: Mapping[str, Interval] | None = None,
) -> AtThreshold:
    """Asks no model; figures that do not depend on the threshold come out the same.

    `known` are figures measured before: those that stay are taken from there, which leaves
    so little to measure that a slider may ask at every move.
    """
    sample = found.at(threshold).sample
    measured = (measure if known is None else measure_point)(sample, resamples=resamples)
    gone = {*measured.figures, *measured.missing}
    steady = {name: value for name, value in (known or {}).items() if name not in gone}
    counts = confusion(sample)
    table = per_class(counts, sample.classes)
    figures = {**steady, **measured.figures}
    return AtThreshold(threshold, figures, measured.missing, counts, table)


def compare(several: Sequence[Judgement], *, resamples: int = RESAMPLES) -> tuple[Difference, ...]:
    """Each model against the first, on the same cases only."""
    first = several[0]
    found: list[Difference] = []
    for other in several[1:]:
        if not (
            np.array_equal(first.rows, other.rows)
            and np.array_equal(first.targets, other.targets)
            and first.dataset.info.checksums == other.dataset.info.checksums
        ):
            raise InputError(
                f"{first.subject.name!r} and {other.subject.name!r} were judged on different "
                "cases, so they cannot be compared. Give both the same dataset, split and part."
            )
        found += _pair(first, other, resamples)
    return tuple(found)


def _pair(first: Judgement, second: Judgement, resamples: int) -> list[Difference]:
    one, two = first.sample, second.sample
    names = first.subject.name, second.subject.name
    found = []
    both_sides = one.positive == two.positive and 1 < one.is_positive.sum() < one.n - 1
    if one.positive and both_sides:
        areas = delong(one.is_positive, np.stack([one.score, two.score]), one.patients)
        gap, p = areas.difference()
        found.append(Difference("auc", *names, gap, p, "DeLong, images of a patient together"))
    tested = mcnemar(one.predicted == one.targets, two.predicted == two.targets, one.patients)
    by_draws = gaps(one, two, resamples=resamples)
    told = (
        f"{tested.only_first} cases only the first gets right, {tested.only_second} only the second"
    )
    accuracy = by_draws["accuracy"].difference
    found.append(Difference("accuracy", *names, accuracy, tested.p, tested.test, told))
    found += [
        Difference(name, *names, gap.difference, gap.p, "bootstrap of patients")
        for name, gap in by_draws.items()
        if name not in {item.figure for item in found}
    ]
    return found


def _judged(found: Judgement) -> Judged:
    item, info = found.subject, found.dataset.info
    point = item.point
    if found.threshold != point.threshold:
        point = replace(
            point, threshold=found.threshold, chosen_on="set by hand", reason="Set by hand."
        )
    return Judged(
        model=item.name,
        title=item.title,
        dataset=info.name,
        split=found.split,
        part=found.part,
        synthetic=info.synthetic,
        cases=len(found.rows),
        patients=int(found.index["patient_id"].nunique()),
        classes=item.classes,
        point=point,
        temperature=item.calibration.temperature,
        measured=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        unit=found.unit,
    )


def _cautions(found: Judgement, measured: Measured, seen: Context) -> tuple[Caution, ...]:
    info = found.dataset.info
    chosen_here = own_data(found.subject, found.dataset) or found.subject.point.chosen_on.endswith(
        f" of {info.name}"
    )
    cautions = [
        *overlap(found),
        honesty.point_chosen_here(found.subject.point, found.part) if chosen_here else None,
        honesty.telling_shortcuts(seen.shortcuts, measured.figures),
        honesty.synthetic(info.synthetic),
        honesty.too_good(measured.figures, info.synthetic),
        honesty.low_accuracy(measured.figures, seen),
    ]
    given = [c for c in cautions if c is not None]
    return tuple(sorted(given, key=lambda c: c.weight is not Weight.SERIOUS))


def _left_out(found: Judgement) -> list[str]:
    told = []
    if found.unit == "breasts":
        told.append(
            "Each answer is about a breast, from all its views and earlier exams; a case shows "
            "the first of its images."
        )
    if found.left_out:
        told.append(
            f"{found.left_out} images were left out: their class is not known to this model."
        )
    return told


_LEARNING = ("epoch", "learning_rate", *(f"{v}{m}" for v in ("", "validation_") for m in MEASURES))


def _learning(found: Judgement) -> dict[str, list[float]]:
    """The run's own curve, where its folder is still there."""
    run = found.subject.run
    rows = journal.read(run.history_file) if run else []
    return {name: [float(row[name] or "nan") for row in rows] for name in _LEARNING if rows}
