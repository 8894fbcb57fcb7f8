"""From a network's numbers to an answer: calibrated probabilities, and what they decide for."""

import numpy as np
from numpy.typing import NDArray

from core.domain.card import ModelCard, OperatingPoint


def to_probabilities(logits: NDArray[np.float32], card: ModelCard) -> dict[str, float]:
    """Calibrated, in the order of the card's classes; one logit means two classes."""
    names = [c.name for c in card.classes]
    scaled = np.asarray(logits, np.float64) / card.calibration.temperature
    full = np.array([0.0, scaled[0]]) if scaled.size == 1 else scaled
    weights = np.exp(full - full.max())
    return dict(zip(names, (weights / weights.sum()).tolist(), strict=True))


def decide(probabilities: dict[str, float], point: OperatingPoint) -> str:
    """The likeliest class on the side of the operating point where the image falls."""
    positive = sum(probabilities[name] for name in point.positive)
    above = positive >= point.threshold
    side = {n: p for n, p in probabilities.items() if (n in point.positive) == above}
    return likeliest(side)


def likeliest(probabilities: dict[str, float]) -> str:
    return max(probabilities, key=probabilities.__getitem__)
