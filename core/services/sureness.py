"""How steady an answer is: the same image, taken a little differently, asked about again."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.prediction import Prediction
from core.services import inference
from core.services.deciding import decide, to_probabilities

# Turned by degrees, moved by shares of its size, made brighter by a factor: less than two
# pictures of one breast differ by.
VIEWS = (
    (0.0, 0.0, 0.0, 1.0),
    (3.0, 0.0, 0.0, 1.0),
    (-3.0, 0.0, 0.0, 1.0),
    (0.0, 0.02, 0.0, 1.0),
    (0.0, -0.02, 0.0, 1.0),
    (0.0, 0.0, 0.02, 1.0),
    (0.0, 0.0, -0.02, 1.0),
    (0.0, 0.0, 0.0, 1.05),
    (0.0, 0.0, 0.0, 0.95),
)
WIDE = 0.2


@dataclass(frozen=True)
class Sureness:
    """Of the answered class: its least and greatest probability over the variants.

    `agree` is how many of `views` variants have the same answer.
    """

    low: float
    high: float
    agree: int
    views: int

    @property
    def steady(self) -> bool:
        return self.agree == self.views and self.high - self.low <= WIDE


def sureness(prediction: Prediction) -> Sureness | None:
    """None where there is no answer, or where asking again would take too long."""
    if prediction.label is None or prediction.card.kind != "image":
        return None
    batch = np.stack([_varied(prediction.prepared, *view) for view in VIEWS])[..., None]
    logits, _ = inference.get(prediction.model).explain(batch, None)
    card = prediction.card
    shares = [to_probabilities(row, card) for row in logits]
    answers = [decide(one, card.operating_point) for one in shares]
    own = [one[prediction.label] for one in shares]
    return Sureness(min(own), max(own), answers.count(prediction.label), len(VIEWS))


def _varied(
    pixels: NDArray[np.float32], turn: float, across: float, down: float, gain: float
) -> NDArray[np.float32]:
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), turn, 1.0)
    matrix[:, 2] += across * width, down * height
    moved = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(np.clip(moved * gain, 0, 1), np.float32)
