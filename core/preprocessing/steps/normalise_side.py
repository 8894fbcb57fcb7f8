"""Mirrors right breasts, so that the chest wall is always on the left."""

import numpy as np

from core.domain.cases import Side
from core.domain.images import Pixels
from core.preprocessing.breast import chest_side
from core.preprocessing.frame import Frame, mirror
from core.preprocessing.step import Step


def normalise_side(pixels: Pixels) -> Pixels:
    return pixels[:, ::-1].copy() if chest_side(pixels) is Side.RIGHT else pixels.copy()


def _apply(frame: Frame) -> Frame:
    if chest_side(frame.pixels, frame.mask) is Side.LEFT:
        return frame
    mask = None if frame.mask is None else np.ascontiguousarray(frame.mask[:, ::-1])
    return frame.moved(frame.pixels[:, ::-1], mask, mirror(frame.size[1]))


STEP = Step(
    "normalise_side",
    "Same side",
    "Mirrors right breasts, so that the chest wall is always on the left.",
    _apply,
)
