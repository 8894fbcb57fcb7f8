"""How far the networks of one model agree, each having learned from other patients."""

from dataclasses import dataclass

from core.domain.prediction import Prediction
from core.services.deciding import decide

WIDE = 0.2


@dataclass(frozen=True)
class Agreement:
    """Of the answered class: its least and greatest probability over the networks.

    `agree` is how many of `networks` would give the same answer alone.
    """

    low: float
    high: float
    agree: int
    networks: int

    @property
    def wide(self) -> bool:
        return self.high - self.low > WIDE

    @property
    def united(self) -> bool:
        return self.agree == self.networks and not self.wide


def agreement(prediction: Prediction) -> Agreement | None:
    """None where there is no answer, or one network alone."""
    label, point = prediction.label, prediction.card.operating_point
    if label is None or not prediction.members:
        return None
    shares = [each[label] for each in prediction.members]
    same = sum(decide(each, point) == label for each in prediction.members)
    return Agreement(min(shares), max(shares), same, len(shares))
