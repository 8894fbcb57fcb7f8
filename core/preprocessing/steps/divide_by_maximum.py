"""Divides by the brightest pixel, so that it becomes white."""

import numpy as np

from core.domain.images import Pixels
from core.preprocessing.step import Step, on_pixels


def divide_by_maximum(pixels: Pixels) -> Pixels:
    brightest = float(pixels.max(initial=0.0))
    return pixels / np.float32(brightest) if brightest > 0 else pixels.copy()


STEP = Step(
    "divide_by_maximum",
    "Divide by maximum",
    "Divides by the brightest pixel, so that it becomes white.",
    on_pixels(divide_by_maximum),
)
