"""Removes or keeps bright details by their size: open, close or top-hat."""

import cv2
import numpy as np

from core.domain.images import Pixels
from core.preprocessing.step import Parameter, Step, on_pixels

OPERATIONS = {"open": cv2.MORPH_OPEN, "close": cv2.MORPH_CLOSE, "tophat": cv2.MORPH_TOPHAT}


def morphology(pixels: Pixels, operation: str = "open", size: int = 5) -> Pixels:
    odd = size | 1  # an even kernel has no middle and would shift the image
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (odd, odd))
    return np.asarray(cv2.morphologyEx(pixels, OPERATIONS[operation], kernel), np.float32)


STEP = Step(
    "morphology",
    "Morphology",
    "Removes or keeps bright details by their size: open, close or top-hat.",
    on_pixels(morphology),
    (
        Parameter(
            "operation",
            "Operation",
            "open",
            choices=tuple(OPERATIONS),
            help="Open removes small bright spots, close fills small dark ones, "
            "top-hat keeps only small bright ones.",
        ),
        Parameter("size", "Diameter in pixels", 5, 1, 101),
    ),
)
