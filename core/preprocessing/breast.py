"""Where the breast is: the large bright region that hangs from the chest-wall edge.

Works on a thumbnail of the image, where noise has averaged out and a label is a few pixels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Side
from core.domain.images import Pixels
from core.preprocessing.frame import Mask

THUMBNAIL = 256


def breast_mask(pixels: Pixels) -> Mask:
    small = thumbnail(pixels)
    mask = largest_region(small > threshold(small))
    height, width = pixels.shape
    share = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(share >= 0.5)


def thumbnail(pixels: Pixels) -> Pixels:
    factor = max(1.0, max(pixels.shape) / THUMBNAIL)
    size = (max(1, round(pixels.shape[1] / factor)), max(1, round(pixels.shape[0] / factor)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)


def threshold(small: Pixels) -> float:
    steps = np.rint(np.sqrt(np.clip(small, 0, 1)) * 255).astype(np.uint8)
    level, _ = cv2.threshold(steps, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float((0.6 * level / 255) ** 2)


def largest_region(mask: Mask) -> Mask:
    opened = cv2.morphologyEx(
        mask.astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    if count < 2:
        return np.ones(mask.shape, bool)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return _filled(labels == largest)


def _filled(mask: Mask) -> Mask:
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    canvas: NDArray[np.uint8] = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(canvas, outlines, -1, 1, cv2.FILLED)
    return canvas.astype(bool)


def chest_side(pixels: Pixels, mask: Mask | None = None) -> Side:
    """The side of the image on which the breast hangs, told from where its mass lies."""
    weight = thumbnail(pixels) if mask is None else thumbnail(mask.astype(np.float32))
    columns = weight.sum(0)
    middle = len(columns) // 2
    left, right = columns[:middle].sum(), columns[-middle:].sum() if middle else 0.0
    return Side.LEFT if left >= right else Side.RIGHT
