"""From an image to a model's input and back: how it is prepared, and where a map of it lies."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.card import ModelCard
from core.domain.images import Mammogram, Pixels
from core.preprocessing.frame import Frame
from core.preprocessing.pipeline import prepare
from core.services.whole_image import whole_frame


def framed(mammogram: Mammogram, card: ModelCard) -> Frame:
    """A patch model reads the whole image at the scale of its patches."""
    if card.kind == "patch":
        return whole_frame(mammogram, card)
    return prepare(mammogram, card.preprocessing)


def to_image(grid: NDArray[np.float32], frame: Frame, mammogram: Mammogram) -> Pixels:
    """A map of the model's input laid over the image it was prepared from."""
    height, width = frame.pixels.shape
    full = cv2.resize(grid.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    to_shown = np.linalg.inv(mammogram.to_source) @ frame.to_source
    rows, columns = mammogram.pixels.shape
    warped = cv2.warpAffine(full, to_shown[:2], (columns, rows), flags=cv2.INTER_LINEAR)
    return np.asarray(np.clip(warped, 0, 1), np.float32)
