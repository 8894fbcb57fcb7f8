"""Keeps the places that stand out from their surroundings and darkens the rest of the breast."""

import numpy as np

from core.domain.images import Pixels
from core.preprocessing.frame import Frame, Mask
from core.preprocessing.regions import propose
from core.preprocessing.step import Parameter, Step


def mask_regions(
    pixels: Pixels,
    most: int = 3,
    sensitivity: float = 1.0,
    margin: float = 0.03,
    rest: float = 0.0,
    mask: Mask | None = None,
) -> Pixels:
    """An image in which nothing stands out is left as it is."""
    found = propose(pixels, mask, most=most, sensitivity=sensitivity, margin=margin)
    if not found:
        return pixels
    kept = np.any([region.mask for region in found], axis=0)
    return np.asarray(np.where(kept, pixels, pixels * np.float32(rest)), np.float32)


def _apply(frame: Frame, most: int, sensitivity: float, margin: float, rest: float) -> Frame:
    return frame.with_pixels(
        mask_regions(frame.pixels, most, sensitivity, margin, rest, frame.mask)
    )


STEP = Step(
    "mask_regions",
    "Keep suspicious regions",
    "Keeps the places that stand out from their surroundings and darkens the rest of the breast.",
    _apply,
    (
        Parameter("most", "Regions at most", 3, 1, 20, help="The most conspicuous are kept."),
        Parameter(
            "sensitivity",
            "How far a region must stand out",
            1.0,
            0.0,
            5.0,
            help="In deviations of brightness from its surroundings; lower finds more.",
        ),
        Parameter("margin", "Margin", 0.03, 0.0, 0.5, help="As a share of the breast's size."),
        Parameter("rest", "Brightness left elsewhere", 0.0, 0.0, 1.0, help="0 is black."),
    ),
)
