"""Where a lesion may be, told by classical segmentation: what is brighter than its surroundings.

Works on a thumbnail. Tissue is compared with the mean around it (an adaptive threshold),
what is left is cleaned by opening and closing, and the pieces that stand out most remain.
Nothing is learned; a proposal says where to look, not what is there.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.images import Pixels
from core.preprocessing.breast import breast_mask
from core.preprocessing.frame import Mask
from core.preprocessing.resample import resampled, resampled_mask

LONGEST = 320  # pixels of the thumbnail's longer side
AROUND = 0.12  # of the breast's size: how far the surroundings reach
FINE = 0.008  # of the breast's size: what is smoothed away as grain
SMALLEST, LARGEST = 0.0004, 0.2  # of the breast's area
SPREAD = 1e-4

Values = NDArray[np.float32]
Small = NDArray[np.uint8]


@dataclass(frozen=True)
class Region:
    """`mask` has the size of the image; `score` is how much it stands out, for comparing."""

    mask: Mask
    score: float


def propose(
    pixels: Pixels,
    mask: Mask | None = None,
    *,
    most: int = 3,
    sensitivity: float = 1.0,
    margin: float = 0.03,
) -> list[Region]:
    """The most conspicuous first; none where nothing stands out.

    A region is brighter than its surroundings by `sensitivity` deviations. `margin` is
    left around it, as a share of the breast's size.
    """
    factor = min(1.0, LONGEST / max(pixels.shape))
    height, width = (max(1, round(side * factor)) for side in pixels.shape)
    breast = resampled_mask(breast_mask(pixels) if mask is None else mask, height, width)
    if not breast.any():
        return []
    size = float(np.sqrt(breast.sum()))
    excess = _excess(resampled(pixels, height, width), breast, size)
    spread = float(excess[breast].std())
    if spread < SPREAD:
        return []
    bright = _clean(excess > sensitivity * spread, breast, size)
    found = sorted(_pieces(bright, excess, breast), key=lambda one: -one[1])[:most]
    room = round(margin * size)
    return [Region(_enlarged(piece, breast, room, pixels.shape), score) for piece, score in found]


def _excess(small: Pixels, breast: Mask, size: float) -> Values:
    """How much brighter each place is than the tissue around it; air does not count."""
    share = breast.astype(np.float32)
    tissue = small * share
    fine, around = (
        _blur(tissue, reach) / np.maximum(_blur(share, reach), 1e-3)
        for reach in (max(0.5, FINE * size), max(1.0, AROUND * size))
    )
    return np.asarray(np.where(breast, fine - around, 0), np.float32)


def _blur(values: Values, sigma: float) -> Values:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def _clean(bright: NDArray[np.bool_], breast: Mask, size: float) -> Small:
    """Without specks and threads, and without the skin, which outshines what lies beneath."""
    edge = _disk(max(1, round(0.015 * size)))
    inner = cv2.erode(breast.astype(np.uint8), edge, borderType=cv2.BORDER_REPLICATE)
    brush = _disk(max(1, round(0.008 * size)))
    opened = cv2.morphologyEx(bright.astype(np.uint8) & inner, cv2.MORPH_OPEN, brush)
    return np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, brush) & inner, np.uint8)


def _pieces(bright: Small, excess: Values, breast: Mask) -> list[tuple[Mask, float]]:
    count, labels = cv2.connectedComponents(bright, connectivity=4)
    pieces = []
    for label in range(1, count):
        piece = labels == label
        area = int(piece.sum())
        if SMALLEST * breast.sum() <= area <= LARGEST * breast.sum():
            pieces.append((piece, float(excess[piece].mean() * np.sqrt(area))))
    return pieces


def _enlarged(piece: Mask, breast: Mask, room: int, shape: tuple[int, ...]) -> Mask:
    grown = piece
    if room:
        grown = np.asarray(cv2.dilate(piece.astype(np.uint8), _disk(room)) > 0) & breast
    return resampled_mask(grown, shape[0], shape[1])


def _disk(radius: int) -> Small:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
