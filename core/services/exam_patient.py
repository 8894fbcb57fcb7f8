"""One patient's views read together: an answer for each view, each breast and the patient."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.domain.card import ModelCard
from core.domain.cases import Case
from core.domain.images import Mammogram
from core.domain.prediction import Fitness, FitnessReport, Prediction
from core.errors import ImageError
from core.preprocessing.frame import Frame
from core.preprocessing.pipeline import prepare
from core.services import exam_context, exam_models
from core.services.catalogue import Bundle
from core.services.deciding import decide, to_probabilities
from core.services.exam_context import Told
from core.services.exam_models import Reading
from core.services.exam_result import SIDE_NAMES, BreastAnswer, ExamAnswer, ViewAnswer, sign
from core.services.exam_views import FOLDER, ViewFile, with_facts
from core.services.fitness import assess, unlike
from core.services.likeness import shares_nearer
from core.training.sequence_data import SIDES

ONE_VIEW = (
    "This model is meant for exams of several views. It was given one, so it answers with less "
    "than it learned from."
)
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class _Opened:
    name: str
    case: Case
    mammogram: Mammogram
    frame: Frame
    fitness: FitnessReport


def read_exam(
    found: Bundle,
    patient: str,
    views: Sequence[ViewFile],
    *,
    told: Told | None = None,
    progress: Progress | None = None,
) -> ExamAnswer:
    """All of these views are taken for one patient's."""
    say = progress or (lambda _text, _share: None)
    opened, faults = _opened(found, views, told or {}, say)
    fit = [one for one in opened if one.fitness.status is not Fitness.UNFIT]
    say("Reading all views together", 0.7)
    asked = [(one.case, one.frame.pixels) for one in fit]
    reading = exam_models.get(found).read(asked) if fit else None
    read = [fit[place] for place in reading.order] if reading else []
    breasts = _breasts(read, reading, found.card)
    said = _views(found, read, reading, breasts) if reading else {}
    say("Done", 1.0)
    return ExamAnswer(
        model=found.name,
        patient=patient,
        card=found.card,
        views=tuple(said.get(id(one)) or _unread(found, one) for one in opened),
        breasts=breasts,
        label=_worst(breasts, found.card),
        probabilities=_either(breasts, found.card),
        known=_known(read, exam_models.context(found).reads),
        notes=(*_notes(views, fit, read), *_unread_facts(found, told or {})),
        faults=tuple(faults),
    )


def _opened(
    found: Bundle, views: Sequence[ViewFile], told: Mapping[str, Any], say: Progress
) -> tuple[list[_Opened], list[tuple[str, ImageError]]]:
    spec = found.card.preprocessing
    opened: list[_Opened] = []
    faults: list[tuple[str, ImageError]] = []
    for number, one in enumerate(views, 1):
        say(f"Preparing view {number} of {len(views)}", 0.6 * number / len(views))
        try:
            mammogram = one.open(spec)
        except ImageError as fault:
            faults.append((one.name, fault))
            continue
        frame = prepare(mammogram, spec)
        case = exam_context.informed(with_facts(one, mammogram).case, told)
        opened.append(_Opened(one.name, case, mammogram, frame, assess(mammogram, frame, found)))
    return opened, faults


def _breasts(
    read: Sequence[_Opened], reading: Reading | None, card: ModelCard
) -> dict[str, BreastAnswer | None]:
    """Nothing is said of a breast without a view."""
    breasts: dict[str, BreastAnswer | None] = {}
    for place, side in enumerate(SIDES):
        count = sum(one.case.laterality in (side, None) for one in read)
        breasts[SIDE_NAMES[side]] = None
        if reading is not None and count:
            shares = to_probabilities(reading.logits[place : place + 1], card)
            answer = BreastAnswer(decide(shares, card.operating_point), shares, count)
            breasts[SIDE_NAMES[side]] = answer
    return breasts


def _either(breasts: dict[str, BreastAnswer | None], card: ModelCard) -> dict[str, float]:
    """The chance that at least one breast is positive."""
    seen = [one for one in breasts.values() if one]
    if not seen:
        return {}
    negative, positive = (info.name for info in card.classes)
    spared = float(np.prod([one.probabilities[negative] for one in seen]))
    return {negative: spared, positive: 1 - spared}


def _worst(breasts: dict[str, BreastAnswer | None], card: ModelCard) -> str | None:
    """A patient is called what the more suspicious breast is called."""
    labels = [one.label for one in breasts.values() if one]
    positive = [label for label in labels if label in card.operating_point.positive]
    return next(iter(positive or labels), None)


def _views(
    found: Bundle,
    read: Sequence[_Opened],
    reading: Reading,
    breasts: dict[str, BreastAnswer | None],
) -> dict[int, ViewAnswer]:
    nearer = shares_nearer(reading.features, found)
    said = {}
    for number, one in enumerate(read):
        place = _breast_of(one.case, reading)
        breast = breasts[SIDE_NAMES[SIDES[place]]]
        assert breast is not None
        doubts = unlike(nearer[number])
        fitness = one.fitness
        if doubts:
            fitness = FitnessReport(Fitness.DOUBTFUL, (*fitness.reasons, *doubts))
        prediction = replace(
            _said(found, one, fitness),
            label=breast.label,
            probabilities=breast.probabilities,
            logits=(float(reading.logits[place]),),
        )
        evidence = reading.maps[place, number]
        shares = {
            info.name: _share(number, place, read, reading, sign(found.card, info.name))
            for info in found.card.classes
        }
        said[id(one)] = ViewAnswer(one.case, prediction, one.frame, evidence, shares)
    return said


def _breast_of(case: Case, reading: Reading) -> int:
    """A view of unknown side counts for both breasts, and is shown for the more suspicious one."""
    return SIDES.index(case.laterality) if case.laterality else int(reading.logits.argmax())


def _share(
    number: int, place: int, read: Sequence[_Opened], reading: Reading, direction: int
) -> float:
    """Of what spoke for a class in this breast, how much lay in this view."""
    spoken = np.maximum(direction * reading.maps[place], 0).sum(axis=(1, 2), dtype=np.float64)
    own = [one.case.laterality in (SIDES[place], None) for one in read]
    total = float(spoken[own].sum())
    return float(spoken[number]) / total if total > 0 else 0.0


def _unread(found: Bundle, one: _Opened) -> ViewAnswer:
    return ViewAnswer(one.case, _said(found, one, one.fitness), one.frame)


def _said(found: Bundle, one: _Opened, fitness: FitnessReport) -> Prediction:
    """Of a view, as long as nothing is known of its breast."""
    return Prediction(
        model=found.name,
        card=found.card,
        mammogram=one.mammogram,
        prepared=one.frame.pixels,
        label=None,
        probabilities={},
        logits=(),
        fitness=fitness,
        heatmap=None,
    )


def _notes(views: Sequence[ViewFile], fit: Sequence[_Opened], read: Sequence[_Opened]) -> list[str]:
    notes = []
    if len(views) > 1 and all(one.why == FOLDER for one in views):
        notes.append("No file says whose it is: files of one folder were taken for one patient.")
    notes += [
        f"{Path(one.name).name}: its side is not known, so it counts for both breasts."
        for one in read
        if one.case.laterality is None
    ]
    if len(read) == 1:
        notes.append(ONE_VIEW)
    if len(read) < len(fit):
        notes.append(
            f"The model reads at most {len(read)} views at once: of {len(fit)} views, the oldest "
            "were left out."
        )
    return notes


def _known(read: Sequence[_Opened], facts: Sequence[str]) -> dict[str, Any]:
    """What the model was told of the patient; null is "not known"."""
    cases = [one.case for one in read]
    exams = {case.metadata.exam for case in cases} - {None}
    found = {n: value for n, value in exam_context.known(cases).items() if n in facts}
    return {**found, "exams": max(1, len(exams)) if cases else 0}


def _unread_facts(found: Bundle, told: Mapping[str, Any]) -> list[str]:
    reads = exam_models.context(found).reads
    unread = [name for name in told if name not in reads]
    read = f"It reads {', '.join(reads)}" if reads else "It reads images alone"
    return [f"This model is not told of {', '.join(unread)}. {read}."] if unread else []
