"""A model that has only seen synthetic images says so before it answers about a real one.

The other way round as well: what was drawn is not of the world of a model of real images.
"""

from dataclasses import replace

from core.domain.card import ModelCard
from core.domain.images import ImageFacts
from core.domain.prediction import Fitness, FitnessReport, Prediction

PHANTOM_MACHINE = "Mammolens phantom"
SYNTHETIC_ONLY = (
    "This model has only ever seen synthetic images. On the image of a real person its answer "
    "shows how the tool works and says nothing about that person."
)
REAL_ONLY = (
    "This image was drawn by a program, and the model learned from images of real people. What it "
    "answers here says nothing about how good it is. The model for the sample cases knows such "
    "images."
)


def with_caution(prediction: Prediction) -> Prediction:
    """Doubtful at best where image and model are of different worlds; a phantom says it is one."""
    fitness = prediction.fitness
    caution = between_worlds(prediction.card, drawn=is_phantom(prediction.mammogram.facts))
    if not caution or fitness.status is Fitness.UNFIT or caution in fitness.reasons:
        return prediction
    reasons = (*fitness.reasons, caution)
    return replace(prediction, fitness=FitnessReport(Fitness.DOUBTFUL, reasons))


def between_worlds(card: ModelCard, *, drawn: bool) -> str:
    """What is to be said where a model is asked about images unlike all it has seen; else ""."""
    if card.data.synthetic == drawn:
        return ""
    return REAL_ONLY if drawn else SYNTHETIC_ONLY


def is_phantom(facts: ImageFacts) -> bool:
    return (facts.machine or "").startswith(PHANTOM_MACHINE)
