"""Inverts an image that shows air white, so that dense tissue is bright in all."""

from dataclasses import replace

import numpy as np

from core.domain.images import Pixels
from core.preprocessing.film import has_white_air
from core.preprocessing.frame import Frame
from core.preprocessing.step import Step

NOTE = "The image shows air white, so it was inverted."


def fix_polarity(pixels: Pixels) -> Pixels:
    return np.float32(1) - pixels if has_white_air(pixels) else pixels.copy()


def _apply(frame: Frame) -> Frame:
    """Also says so in the facts, whatever the header claimed."""
    if not has_white_air(frame.pixels):
        return frame
    facts = frame.facts
    turned = replace(facts, inverted=not facts.inverted, notes=(*facts.notes, NOTE))
    return replace(frame.with_pixels(np.float32(1) - frame.pixels), facts=turned)


STEP = Step(
    "fix_polarity",
    "Dense tissue bright",
    "Inverts an image that shows air white, so that dense tissue is bright in all.",
    _apply,
)
