"""Does an image show one breast on dark air, as a mammogram does? Told by its outline alone.

The limits lie outside of all real mammograms looked at (mini-MIAS, RSNA, two machines) and
of phantoms; each stands for something that a person would see too.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from core.domain.images import Pixels
from core.preprocessing.breast import breast_mask
from core.preprocessing.film import LEAST_AIR, air_shares, thumbnail, unframed
from core.preprocessing.frame import Mask

MARGIN = 7  # thumbnail pixels around the outline that belong to neither side
NOTHING = 0.03  # as dark as air


@dataclass(frozen=True)
class BreastShape:
    """Shares in [0, 1]. `ends` is the larger share of top and bottom edge that tissue touches,

    `sides` the smaller one of left and right: a breast comes in from one side only.
    """

    dark_border: float
    area: float
    uneven_air: float
    ragged: float
    solid: float
    holes: float
    sides: float
    ends: float
    grain: float


def measure(pixels: Pixels) -> BreastShape:
    small = thumbnail(pixels)
    dark, bright = air_shares(small)
    if bright > dark and bright >= LEAST_AIR:
        small, dark = 1 - small, bright
    mask = breast_mask(small)[unframed(small)]
    small = small[unframed(small)]
    ragged, solid = _outline(mask)
    air = small[~_grown(mask)]
    inside = small[mask]
    return BreastShape(
        dark_border=dark,
        area=float(mask.mean()),
        uneven_air=float(air.std()) if air.size > 20 else 1.0,
        ragged=ragged,
        solid=solid,
        holes=float((inside < NOTHING).mean()) if inside.size else 1.0,
        sides=float(min(mask[:, 0].mean(), mask[:, -1].mean())),
        ends=float(max(mask[0].mean(), mask[-1].mean())),
        grain=float(np.abs(small - cv2.GaussianBlur(small, (0, 0), 1.5))[mask].mean())
        if inside.size
        else 0.0,
    )


def oddities(shape: BreastShape) -> list[str]:
    """What no mammogram looks like, a sentence each."""
    found = {
        "There is hardly any dark background, which nearly every mammogram has.": (
            shape.dark_border < 0.45 or shape.area > 0.92
        ),
        "No breast of a likely size is to be found.": shape.area < 0.04,
        "The background is not evenly dark.": shape.uneven_air > 0.12,
        "The outline is ragged, unlike a breast's.": shape.ragged > 1.2 or shape.solid < 0.8,
        "There are black holes in it, as no breast has.": shape.holes > 0.08,
        "It fills the image from side to side; a breast comes in from one side.": (
            shape.sides > 0.1
        ),
        "It fills the upper or lower edge.": shape.ends > 0.8,
        "Its grain is unlike tissue: far too rough, or perfectly smooth.": (
            not 0.004 <= shape.grain <= 0.065
        ),
    }
    return [sentence for sentence, holds in found.items() if holds]


def _outline(mask: Mask) -> tuple[float, float]:
    """Its length and its area beside those of its convex hull."""
    outlines, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not outlines:
        return 9.0, 0.0
    longest = max(outlines, key=cv2.contourArea)
    hull = cv2.convexHull(longest)
    ragged = cv2.arcLength(longest, True) / max(cv2.arcLength(hull, True), 1.0)
    return float(ragged), float(cv2.contourArea(longest) / max(cv2.contourArea(hull), 1.0))


def _grown(mask: Mask) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((MARGIN, MARGIN), np.uint8)) > 0)
