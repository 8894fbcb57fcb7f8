"""A model that has only seen synthetic images says so before it answers about a real one."""

from dataclasses import replace

from core.domain.images import ImageFacts
from core.domain.prediction import Fitness, FitnessReport, Prediction

PHANTOM_MACHINE = "Mammolens phantom"
SYNTHETIC_ONLY = (
    "This model has only ever seen synthetic images. On the image of a real person its answer "
    "shows how the tool works and says nothing about that person."
)


def with_caution(prediction: Prediction) -> Prediction:
    """Doubtful at best, unless the image is a phantom and says so itself."""
    fitness = prediction.fitness
    if not prediction.card.data.synthetic or fitness.status is Fitness.UNFIT:
        return prediction
    if is_phantom(prediction.mammogram.facts) or SYNTHETIC_ONLY in fitness.reasons:
        return prediction
    reasons = (*fitness.reasons, SYNTHETIC_ONLY)
    return replace(prediction, fitness=FitnessReport(Fitness.DOUBTFUL, reasons))


def is_phantom(facts: ImageFacts) -> bool:
    return (facts.machine or "").startswith(PHANTOM_MACHINE)
