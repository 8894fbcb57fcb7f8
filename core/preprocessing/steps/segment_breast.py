"""Finds the breast and blackens the rest: labels, frames, tape and scratches."""

from dataclasses import replace

import numpy as np

from core.domain.images import Pixels
from core.preprocessing.breast import breast_mask
from core.preprocessing.frame import Frame, Mask
from core.preprocessing.step import Parameter, Step


def segment_breast(pixels: Pixels) -> tuple[Pixels, Mask]:
    mask = breast_mask(pixels)
    return np.where(mask, pixels, np.float32(0)), mask


def _apply(frame: Frame, blacken: bool) -> Frame:
    mask = breast_mask(frame.pixels)
    pixels = np.where(mask, frame.pixels, np.float32(0)) if blacken else frame.pixels
    return replace(frame.with_pixels(pixels), mask=mask)


STEP = Step(
    "segment_breast",
    "Find the breast",
    "Finds the breast and blackens the rest: labels, frames, tape and scratches.",
    _apply,
    (Parameter("blacken", "Blacken everything else", True),),
)
