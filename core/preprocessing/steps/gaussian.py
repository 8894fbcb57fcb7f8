"""Blurs a little, so that noise does not pass for detail."""

import cv2
import numpy as np

from core.domain.images import Pixels
from core.preprocessing.step import Parameter, Step, on_pixels


def gaussian(pixels: Pixels, sigma: float = 1.0) -> Pixels:
    if sigma <= 0:
        return pixels.copy()
    smooth = cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(smooth, np.float32)


STEP = Step(
    "gaussian",
    "Gaussian smoothing",
    "Blurs a little, so that noise does not pass for detail.",
    on_pixels(gaussian),
    (Parameter("sigma", "Strength in pixels", 1.0, 0.0, 10.0),),
)
