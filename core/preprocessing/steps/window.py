"""Stretches a chosen range of brightness to the whole scale, as a viewer's window does."""

import numpy as np

from core.domain.images import Pixels
from core.preprocessing.step import Parameter, Step, on_pixels


def window(pixels: Pixels, centre: float = 0.5, width: float = 1.0) -> Pixels:
    scaled = (pixels - np.float32(centre)) / np.float32(width) + np.float32(0.5)
    return np.asarray(np.clip(scaled, 0, 1), np.float32)


STEP = Step(
    "window",
    "Window",
    "Stretches a chosen range of brightness to the whole scale, as a viewer's window does.",
    on_pixels(window),
    (
        Parameter("centre", "Centre", 0.5, 0.0, 1.0),
        Parameter("width", "Width", 1.0, 0.01, 2.0),
    ),
)
