"""Where the breast is: the largest region that is brighter than air, without what hangs on it.

Works on a thumbnail, where noise has averaged out and a label is a few pixels wide. The
lowest level above air is taken at which the region no longer shrinks quickly: below it
the base of a film passes for tissue, above it fat passes for air.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Side
from core.domain.images import Pixels
from core.preprocessing.film import LEAST_AIR, border, thumbnail, unframed
from core.preprocessing.frame import Mask

LEVELS = (0.03, 0.05, 0.07, 0.09, 0.12, 0.15)
STEADY = 0.045  # loss of area from one level to the next
MOST_LOST = 0.3  # a region that goes on shrinking has lost fat, not film
NOISE = 4.0  # deviations of air that still are air
THINNEST = 5  # thumbnail pixels; labels, scratches and folds thinner than twice this fall off
TOUCHING = 0.1  # of an edge that tells the chest wall's side

Small = NDArray[np.uint8]


def breast_mask(pixels: Pixels) -> Mask:
    small = thumbnail(pixels)
    region = _breast(small)
    height, width = pixels.shape
    share = cv2.resize(region.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(share >= 0.5)


def chest_side(pixels: Pixels, mask: Mask | None = None) -> Side:
    """The side on which the breast is cut off by the edge; else the side where its mass lies."""
    found = breast_mask(pixels) if mask is None else mask
    edge = max(1, found.shape[1] // 100)
    left, right = found[:, :edge].any(1).mean(), found[:, -edge:].any(1).mean()
    if abs(left - right) < TOUCHING:
        columns = found.sum(0)
        middle = max(1, len(columns) // 2)
        left, right = columns[:middle].sum(), columns[-middle:].sum()
    return Side.LEFT if left >= right else Side.RIGHT


def _breast(small: Pixels) -> Small:
    """All of the image where it shows no air, as a patch or a magnified view does."""
    region = np.zeros(small.shape, np.uint8)
    inner = unframed(small)
    air = _air(small[inner])
    found = None if air is None else _steady(small[inner], *air)
    region[inner] = 1 if found is None else found
    return region


def _air(small: Pixels) -> tuple[float, float] | None:
    """The commonest dark value and its deviation, if enough of the border has it."""
    counts = np.bincount((small * 100).astype(int).ravel(), minlength=101)
    level = (int(np.argmax(counts[:40])) + 0.5) / 100
    if (np.abs(border(small) - level) < LEVELS[0]).mean() < LEAST_AIR:
        return None
    dark = small[small < level + LEVELS[-1]]
    return level, 1.4826 * float(np.median(np.abs(dark - level)))


def _steady(small: Pixels, level: float, deviation: float) -> Small | None:
    first: Small | None = None
    last: Small | None = None
    for region in _regions(small, level, deviation):
        if first is None or last is None:
            first = last = region
            continue
        if region.sum() < (1 - MOST_LOST) * first.sum():
            return first
        if last.sum() - region.sum() < STEADY * last.sum():
            return last
        last = region
    return last


def _regions(small: Pixels, level: float, deviation: float) -> Iterator[Small]:
    """The region at each level that stands clear of noise, until there is none."""
    clear = [one for one in LEVELS if one >= NOISE * deviation] or [LEVELS[-1]]
    for above in clear:
        region = _region((small > level + above).astype(np.uint8))
        if region is None:
            return
        yield region


def _region(bright: Small) -> Small | None:
    """The largest part that survives losing what is thin, grown back to its own outline."""
    edge = THINNEST
    padded = cv2.copyMakeBorder(bright, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=0)
    core = cv2.morphologyEx(padded, cv2.MORPH_OPEN, _disk(edge))[edge:-edge, edge:-edge]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    if count < 2:
        return None
    largest = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    grown = cv2.dilate(largest.astype(np.uint8), _disk(edge)) & bright
    return _filled(cv2.dilate(cv2.morphologyEx(grown, cv2.MORPH_CLOSE, _disk(2)), _disk(1)))


def _filled(region: Small) -> Small:
    outlines, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    canvas: Small = np.zeros(region.shape, np.uint8)
    cv2.drawContours(canvas, [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return canvas


def _disk(radius: int) -> Small:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
