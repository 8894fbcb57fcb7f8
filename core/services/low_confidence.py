"""Why an answer should be looked at twice, told without anybody asking."""

from core.domain.prediction import Fitness, Prediction
from core.services.agreement import Agreement, agreement
from core.services.sureness import Sureness

NEAR = 0.05  # of the decision line
EVEN = 0.5


def why_doubtful(prediction: Prediction, steady: Sureness | None = None) -> list[str]:
    """Nothing for an answer that is sure, steady and of an image as expected."""
    if prediction.label is None:
        return []
    point, shares = prediction.card.operating_point, prediction.probabilities
    positive = sum(shares[name] for name in point.positive)
    reasons = []
    if shares[prediction.label] < EVEN:
        reasons.append("The answer has less than even odds.")
    if abs(positive - point.threshold) < NEAR:
        reasons.append("It lies close to the decision line.")
    if steady and steady.agree < steady.views:
        reasons.append("Small changes of the image change the answer.")
    if (networks := agreement(prediction)) and not networks.united:
        reasons.append(_apart(networks))
    if prediction.fitness.status is Fitness.DOUBTFUL:
        reasons.append("The image differs from those the model learned from.")
    return reasons


def _apart(found: Agreement) -> str:
    if found.agree < found.networks:
        return f"Only {found.agree} of its {found.networks} networks would give this answer alone."
    return f"Its {found.networks} networks have this answer with very different strength."
