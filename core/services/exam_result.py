"""What a model of whole exams says of one patient: of the patient, each breast and each view."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.card import ModelCard
from core.domain.cases import Case, Side
from core.domain.prediction import Fitness, FitnessReport, Heatmap, Prediction
from core.errors import ImageError, InputError
from core.explanation import LIVE
from core.preprocessing.frame import Frame
from core.services.caution import with_caution
from core.services.framing import to_image

SIDE_NAMES = {Side.LEFT: "left", Side.RIGHT: "right"}


@dataclass(frozen=True)
class BreastAnswer:
    label: str
    probabilities: dict[str, float]
    views: int


@dataclass(frozen=True)
class ViewAnswer:
    """`prediction` is what is said of the view's breast; a view that was not read has no label.

    `evidence` is above zero where a place speaks for the positive class. `shares` says by
    class how much of what spoke for it in this breast lay in this view.
    """

    case: Case
    prediction: Prediction
    frame: Frame
    evidence: NDArray[np.float32] | None = None
    shares: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return PurePosixPath(self.case.path).name

    @property
    def read(self) -> bool:
        return self.evidence is not None

    def showing(self, target: str | None = None) -> Prediction:
        """With the heatmap of a class; None is the one that is answered."""
        wanted = target or self.prediction.label
        if self.evidence is None or wanted is None:
            return self.prediction
        return replace(self.prediction, heatmap=self._drawn(wanted, self.evidence))

    def _drawn(self, target: str, evidence: NDArray[np.float32]) -> Heatmap:
        spoken = np.maximum(np.float32(sign(self.prediction.card, target)) * evidence, 0)
        peak = float(spoken.max())
        scaled = np.asarray(spoken / (peak or 1.0), np.float32)
        mammogram, layer = self.prediction.mammogram, self.prediction.card.explanation_layer
        return Heatmap(LIVE, target, layer, to_image(scaled, self.frame, mammogram), peak)

    def to_document(self) -> dict[str, Any]:
        side, fitness = self.case.laterality, self.prediction.fitness
        label = self.prediction.label
        return {
            "file": self.case.path,
            "breast": SIDE_NAMES[side] if side else None,
            "view": self.case.view,
            "read": self.read,
            "share": self.shares.get(label) if label else None,
            "fitness": {"status": fitness.status.value, "reasons": list(fitness.reasons)},
            "heatmap": None,
        }


def sign(card: ModelCard, target: str) -> int:
    """Evidence is of the second class, and what speaks against it speaks for the first."""
    names = [item.name for item in card.classes]
    if target not in names:
        raise InputError(f"The model knows no class {target!r:.40}. Known: {', '.join(names)}.")
    return 1 if names.index(target) else -1


Draw = Callable[[int, ViewAnswer], Any]


@dataclass(frozen=True)
class ExamAnswer:
    """`breasts` has an entry for each side; None where there is no view of it.

    The patient's probability is that of at least one breast.
    """

    model: str
    patient: str
    card: ModelCard
    views: tuple[ViewAnswer, ...]
    breasts: dict[str, BreastAnswer | None]
    label: str | None
    probabilities: dict[str, float]
    known: dict[str, Any]
    notes: tuple[str, ...]
    faults: tuple[tuple[str, ImageError], ...]

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(one.case.path for one in self.views if one.read)

    @cached_property
    def fitness(self) -> FitnessReport:
        """Of all views together: doubtful as soon as one of them is."""
        reports = [one.prediction.fitness for one in self.views]
        if not self.files:
            return FitnessReport(Fitness.UNFIT, tuple(_gathered(self.views)))
        odd = any(one.status is not Fitness.FIT for one in reports)
        status = Fitness.DOUBTFUL if odd else Fitness.FIT
        return FitnessReport(status, tuple(_gathered(self.views)))

    def cautious(self) -> "ExamAnswer":
        """For whoever cannot see whether the images are of real people."""
        views = [
            replace(one, prediction=with_caution(one.prediction)) if one.read else one
            for one in self.views
        ]
        return replace(self, views=tuple(views))

    def to_document(self, draw: Draw | None = None) -> dict[str, Any]:
        """`draw` makes of a view and its place what stands for its heatmap."""
        views = [one.to_document() for one in self.views]
        for place, (one, document) in enumerate(zip(self.views, views, strict=True)):
            if draw and one.read:
                document["heatmap"] = draw(place, one)
        point = self.card.operating_point
        return {
            "patient": self.patient,
            "files": list(self.files),
            "model": self.model,
            "label": self.label,
            "probabilities": self.probabilities,
            "breasts": {name: vars(one) if one else None for name, one in self.breasts.items()},
            "views": views,
            "operating_point": {"threshold": point.threshold, "positive": list(point.positive)},
            "fitness": {"status": self.fitness.status.value, "reasons": list(self.fitness.reasons)},
            "known": self.known,
            "notes": list(self.notes),
            "errors": [
                {"file": file, "error": {"code": fault.code, "message": str(fault)}}
                for file, fault in self.faults
            ],
        }


def _gathered(views: Sequence[ViewAnswer]) -> list[str]:
    """A reason that all views share is said once."""
    names: dict[str, list[str]] = {}
    for one in views:
        for reason in one.prediction.fitness.reasons:
            names.setdefault(reason, []).append(one.name)
    return [
        reason if len(own) == len(views) else f"{', '.join(own)}: {reason}"
        for reason, own in names.items()
    ]
