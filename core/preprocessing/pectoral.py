"""The chest muscle, which an MLO view shows as a bright wedge in the upper corner at the chest.

Found as the straight line from the upper edge to the chest wall across which brightness
drops most and all along. A view without the muscle has no such line.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Side, View
from core.domain.images import Pixels
from core.preprocessing.breast import breast_mask, chest_side
from core.preprocessing.film import thumbnail
from core.preprocessing.frame import Mask

Floats = NDArray[np.float32]

ALONG_TOP = np.linspace(0.12, 0.9, 27)  # of the breast's width
ALONG_CHEST = np.linspace(0.15, 1.0, 27)  # of its height
SAMPLES = (np.arange(40) + 0.5) / 40  # of a line's length
DISTANCES = (2.0, 4.0, 6.0)  # to either side of a line, in thumbnail pixels
LEAST_INSIDE = 0.8  # of a line that must run through the breast
# A drop that passes for muscle: in an MLO view, and where the view is not known.
LEAST_DROP = {View.MLO: 0.06, None: 0.15}


def pectoral_mask(pixels: Pixels, mask: Mask | None = None, view: View | None = None) -> Mask:
    """Where the muscle is, in an image of either side; nowhere in views that do not show it."""
    height, width = pixels.shape
    found = np.zeros((height, width), bool)
    breast = breast_mask(pixels) if mask is None else mask
    if view not in LEAST_DROP or not breast.any():
        return found
    mirrored = chest_side(pixels, breast) is Side.RIGHT
    sides = (pixels[:, ::-1], breast[:, ::-1]) if mirrored else (pixels, breast)
    line = muscle_line(*sides, LEAST_DROP[view])
    if line is not None:
        corner = np.array([[0, 0], line[0], line[1]]) * (width, height)
        wedge = cv2.fillPoly(np.zeros((height, width), np.uint8), [np.rint(corner).astype(int)], 1)
        found = (wedge[:, ::-1] if mirrored else wedge).astype(bool)
    return found & breast


def muscle_line(
    pixels: Pixels, breast: Mask, least: float
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Its ends on the upper edge and on the chest wall, on the left, as shares of the image."""
    small = cv2.GaussianBlur(thumbnail(np.ascontiguousarray(pixels)), (0, 0), 1.0)
    height, width = small.shape
    inside = cv2.resize(breast.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    top, left, below, beside = _box(inside >= 0.5)
    across, down = np.meshgrid(ALONG_TOP * beside, ALONG_CHEST * below, indexing="ij")
    scores = _scores(small, inside, (left, top), across, down)
    best = np.unravel_index(int(np.argmax(scores)), scores.shape)
    if scores[best] < least:
        return None
    end = ((left + across[best]) / width, top / height)
    return end, (left / width, (top + down[best]) / height)


def _box(inside: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    if not len(rows):
        return 0, 0, *inside.shape
    top, left = int(rows[0]), int(columns[0])
    return top, left, int(rows[-1]) - top, int(columns[-1]) - left


def _scores(
    small: Floats,
    inside: Floats,
    corner: tuple[int, int],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
) -> NDArray[np.float64]:
    """For each line the drop across it: its mean, held down by its weaker stretches."""
    drops = _drops(small, inside, corner, across, down)
    known = np.isfinite(drops)
    filled = np.where(known, drops, 0)
    mean = filled.sum(-1) / np.maximum(known.sum(-1), 1)
    weak = np.percentile(filled, 25, axis=-1)
    longer = np.clip(np.hypot(across, down) / max(1.0, down.max()), 0, 1.44)
    score = np.minimum(mean, 3 * np.maximum(weak, 0)) * np.sqrt(longer)
    return np.where(known.mean(-1) > LEAST_INSIDE, score, 0.0)


def _drops(
    small: Floats,
    inside: Floats,
    corner: tuple[int, int],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Brightness on the muscle's side less that on the other, NaN where either is no breast."""
    wide, high = across[..., None], down[..., None]
    length = np.maximum(np.hypot(wide, high), 1e-6)
    x, y = corner[0] + wide * (1 - SAMPLES), corner[1] + high * SAMPLES
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape))
    for distance in DISTANCES:
        step = (distance * high / length, distance * wide / length)
        within, without = (
            _sample(small, inside, x + sign * step[0], y + sign * step[1]) for sign in (-1, 1)
        )
        total += within - without
    return total / len(DISTANCES)


def _sample(
    small: Floats, inside: Floats, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    columns = np.clip(np.rint(x).astype(int), 0, small.shape[1] - 1)
    rows = np.clip(np.rint(y).astype(int), 0, small.shape[0] - 1)
    return np.where(inside[rows, columns] >= 0.5, small[rows, columns], np.nan)
