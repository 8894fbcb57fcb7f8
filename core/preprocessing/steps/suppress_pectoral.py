"""Blackens the chest muscle in an MLO view, so that its brightness does not mislead."""

from dataclasses import replace

import numpy as np

from core.domain.cases import View
from core.domain.images import Pixels
from core.preprocessing.frame import Frame, Mask
from core.preprocessing.pectoral import pectoral_mask
from core.preprocessing.step import Step


def suppress_pectoral(pixels: Pixels, mask: Mask | None = None, view: View | None = None) -> Pixels:
    muscle = pectoral_mask(pixels, mask, view)
    return np.where(muscle, np.float32(0), pixels)


def _apply(frame: Frame) -> Frame:
    muscle = pectoral_mask(frame.pixels, frame.mask, frame.facts.view)
    if not muscle.any():
        return frame
    mask = None if frame.mask is None else frame.mask & ~muscle
    return replace(frame.with_pixels(np.where(muscle, 0, frame.pixels)), mask=mask)


STEP = Step(
    "suppress_pectoral",
    "Suppress the chest muscle",
    "Blackens the chest muscle in an MLO view, so that its brightness does not mislead.",
    _apply,
)
