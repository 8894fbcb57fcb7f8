"""What a model says about one image, ready to be shown, written as JSON or sorted."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.card import ModelCard
from core.domain.images import Mammogram, Pixels


class Fitness(StrEnum):
    """Whether an image looks like what the model was trained on."""

    FIT = "fit"
    DOUBTFUL = "doubtful"
    UNFIT = "unfit"


@dataclass(frozen=True)
class FitnessReport:
    status: Fitness
    reasons: tuple[str, ...] = ()  # plain sentences


@dataclass(frozen=True)
class Heatmap:
    """`values` is in [0, 1], of the size and frame of the source image as decoded.

    `raw_max` is the largest value before scaling: zero means that no part of the image
    spoke for the class, which is told rather than drawn.
    """

    method: str
    target: str  # class name
    layer: str
    values: Pixels
    raw_max: float

    @property
    def empty(self) -> bool:
        return self.raw_max <= 0


@dataclass(frozen=True)
class Prediction:
    """`prepared` is the model's own input, and `label` follows from the operating point.

    An unfit image has no answer: `label` is None and `probabilities` is empty.
    """

    model: str
    card: ModelCard
    mammogram: Mammogram
    prepared: NDArray[np.float32]
    label: str | None
    probabilities: dict[str, float]  # calibrated, in the order of the card's classes
    logits: tuple[float, ...]
    fitness: FitnessReport
    heatmap: Heatmap | None
    seconds: dict[str, float] = field(default_factory=dict)
    members: tuple[dict[str, float], ...] = ()  # probabilities of each of several networks

    def to_document(self) -> dict[str, Any]:
        """The part that is text and numbers, as the command line and the interface give it."""
        point = self.card.operating_point
        return {
            "model": self.model,
            "label": self.label,
            "probabilities": self.probabilities,
            **({"members": list(self.members)} if self.members else {}),
            "operating_point": {"threshold": point.threshold, "positive": list(point.positive)},
            "fitness": {"status": self.fitness.status.value, "reasons": list(self.fitness.reasons)},
        }
