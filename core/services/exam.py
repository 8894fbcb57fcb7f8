"""From the files of an exam to an answer for each breast and for the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.domain.card import ModelCard
from core.domain.cases import Case, Side
from core.domain.images import Pixels
from core.domain.prediction import Fitness
from core.errors import ImageError, InputError
from core.preprocessing.pipeline import prepare
from core.services import exam_models
from core.services.catalogue import Bundle, bundle
from core.services.decoding import decode
from core.services.diagnose import decide, to_probabilities
from core.services.exam_views import ViewFile, by_patient, view_files, with_facts
from core.services.fitness import assess
from core.training.sequence_data import SIDES

SIDE_NAMES = {Side.LEFT: "left", Side.RIGHT: "right"}


@dataclass(frozen=True)
class BreastAnswer:
    label: str
    probabilities: dict[str, float]
    views: int


@dataclass(frozen=True)
class ExamAnswer:
    """`breasts` has an entry for each side of which there is a view; None where there is none.

    The patient's probability is that of at least one breast.
    """

    model: str
    patient: str
    card: ModelCard
    files: tuple[str, ...]
    breasts: dict[str, BreastAnswer | None]
    label: str | None
    probabilities: dict[str, float]
    known: dict[str, Any]
    notes: tuple[str, ...]
    faults: tuple[tuple[str, ImageError], ...]

    def to_document(self) -> dict[str, Any]:
        point = self.card.operating_point
        return {
            "patient": self.patient,
            "files": list(self.files),
            "model": self.model,
            "label": self.label,
            "probabilities": self.probabilities,
            "breasts": {name: vars(one) if one else None for name, one in self.breasts.items()},
            "operating_point": {"threshold": point.threshold, "positive": list(point.positive)},
            "known": self.known,
            "notes": list(self.notes),
            "errors": [
                {"file": file, "error": {"code": fault.code, "message": str(fault)}}
                for file, fault in self.faults
            ],
        }


def analyse_exams(
    files: Sequence[Path], model: str, *, table: Path | None = None
) -> list[ExamAnswer]:
    """One answer a patient; a file that cannot be read is told and left out."""
    found = bundle(model)
    if found.card.kind != "exam":
        raise InputError(
            f"The model {model!r} is asked about one image at a time, not about an exam. Models "
            f"for exams: {', '.join(one.name for one in _exam_bundles()) or 'none yet'}."
        )
    asked = by_patient(view_files(files, table))
    return [_analyse(found, patient, views) for patient, views in asked.items()]


def _exam_bundles() -> list[Bundle]:
    from core.services.catalogue import bundles

    return bundles("exam")


def _analyse(found: Bundle, patient: str, views: Sequence[ViewFile]) -> ExamAnswer:
    read: list[tuple[Case, Pixels]] = []
    faults: list[tuple[str, ImageError]] = []
    notes: list[str] = [_told_by(views)]
    for one in views:
        try:
            case, pixels, doubts = _prepared(one, found)
        except ImageError as fault:
            faults.append((str(one.path), fault))
            continue
        notes += doubts
        read.append((case, pixels))
    breasts, all_of_them = _ask(found, read)
    return ExamAnswer(
        model=found.name,
        patient=patient,
        card=found.card,
        files=tuple(case.path for case, _ in read),
        breasts=breasts,
        label=_worst(breasts, found.card),
        probabilities=all_of_them,
        known=_known([case for case, _ in read]),
        notes=tuple(filter(None, notes)),
        faults=tuple(faults),
    )


def _told_by(views: Sequence[ViewFile]) -> str:
    if len(views) > 1 and all(one.why == "the folder" for one in views):
        return "No file says whose it is: files of one folder were taken for one patient."
    return ""


def _prepared(one: ViewFile, found: Bundle) -> tuple[Case, Pixels, list[str]]:
    spec = found.card.preprocessing
    mammogram = decode(one.path, working_height=spec.working_height, voi=spec.voi)
    frame = prepare(mammogram, spec)
    fitness = assess(mammogram, frame, found)
    if fitness.status is Fitness.UNFIT:
        raise ImageError(" ".join(fitness.reasons))
    case = with_facts(one, mammogram).case
    doubts = [f"{one.path.name}: {reason}" for reason in fitness.reasons]
    if case.laterality is None:
        doubts.append(f"{one.path.name}: its side is not known, so it counts for both breasts.")
    return case, frame.pixels, doubts


def _ask(
    found: Bundle, read: list[tuple[Case, Pixels]]
) -> tuple[dict[str, BreastAnswer | None], dict[str, float]]:
    """Nothing is said of a breast without a view."""
    seen = {side: _views_of(side, read) for side in SIDES}
    if not read:
        return {SIDE_NAMES[side]: None for side in SIDES}, {}
    logits = _model(str(found.model_file), found.model_file.stat().st_mtime_ns).of_views(read)
    breasts: dict[str, BreastAnswer | None] = {}
    for place, side in enumerate(SIDES):
        shares = to_probabilities(logits[place : place + 1], found.card)
        answer = BreastAnswer(decide(shares, found.card.operating_point), shares, seen[side])
        breasts[SIDE_NAMES[side]] = answer if seen[side] else None
    negative, positive = (info.name for info in found.card.classes)
    spared = np.prod([b.probabilities[negative] for b in breasts.values() if b])
    return breasts, {negative: float(spared), positive: float(1 - spared)}


def _views_of(side: Side, read: list[tuple[Case, Pixels]]) -> int:
    return sum(case.laterality in (side, None) for case, _ in read)


def _worst(breasts: dict[str, BreastAnswer | None], card: ModelCard) -> str | None:
    """A patient is called what the more suspicious breast is called."""
    labels = [one.label for one in breasts.values() if one]
    positive = [label for label in labels if label in card.operating_point.positive]
    return next(iter(positive or labels), None)


def _known(cases: list[Case]) -> dict[str, Any]:
    """What the model was told of the patient; null is "not known"."""
    names = ("age", "density", "implant", "machine")
    told = {name: [getattr(case.metadata, name) for case in cases] for name in names}
    first = {
        name: next((v for v in values if v is not None), None) for name, values in told.items()
    }
    exams = {case.metadata.exam for case in cases} - {None}
    return {**first, "exams": max(1, len(exams)) if cases else 0}


@lru_cache(maxsize=2)
def _model(file: str, _changed: int) -> exam_models.ExamModel:
    return exam_models.load(Path(file))
