"""What surrounds a breast: a frame from digitising, and air that is black on one kind of film only.

All of it is told on a thumbnail whose brightness spans [0, 1].
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.images import Pixels

THUMBNAIL = 256
WIDEST_FRAME = 0.08  # of a side
FRAME_SHARE = 0.9  # of a row, so that a chest wall does not pass for a frame
FRAME_JUMP = 0.08
EDGE = 3  # rows of a thumbnail that count as its border
BINS = 50
DARK, BRIGHT = 0.4, 0.6
LEAST_AIR = 0.1  # of the border; with less the image shows none


def thumbnail(pixels: Pixels) -> Pixels:
    """At most 256 pixels a side, cleaned of specks, spanning [0, 1]."""
    factor = max(1.0, max(pixels.shape) / THUMBNAIL)
    size = (max(1, round(pixels.shape[1] / factor)), max(1, round(pixels.shape[0] / factor)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    clean = cv2.medianBlur(np.rint(np.clip(small, 0, 1) * 65535).astype(np.uint16), 3)
    low, high = np.percentile(clean, (0.5, 99.5))
    spanned = (clean - np.float32(low)) / np.float32(max(high - low, 1.0))
    return np.asarray(np.clip(spanned, 0, 1), np.float32)


def frame_widths(small: Pixels) -> tuple[int, int, int, int]:
    """How many rows or columns of uniform frame there are: top, bottom, left, right."""
    across = np.ascontiguousarray(small.T)
    return (
        _frame_width(small),
        _frame_width(small[::-1]),
        _frame_width(across),
        _frame_width(across[::-1]),
    )


def unframed(small: Pixels) -> tuple[slice, slice]:
    top, bottom, left, right = frame_widths(small)
    height, width = small.shape
    return slice(top, height - bottom), slice(left, width - right)


def _frame_width(rows: Pixels) -> int:
    """Rows that are all bright or all dark, up to one that is not; none if no such edge comes."""
    most = int(WIDEST_FRAME * len(rows))
    if most < 1:
        return 0
    bright, dark = (rows[:most] > 0.75).mean(1), (rows[:most] < 0.1).mean(1)
    uniform = np.maximum(bright, dark) >= FRAME_SHARE
    count = most if uniform.all() else int(np.argmin(uniform))
    if not count:
        return 0
    # A frame's inner edge may fall amid a row, so the row after next is compared.
    beyond = rows[min(count + 1, len(rows) - 1)]
    differs = np.abs(beyond - np.median(rows[:count])) > FRAME_JUMP
    return count if differs.mean() >= FRAME_SHARE else 0


def border(small: Pixels) -> NDArray[np.float32]:
    rows, columns = (small[:EDGE], small[-EDGE:]), (small[:, :EDGE], small[:, -EDGE:])
    return np.concatenate([part.ravel() for part in (*rows, *columns)])


def air_shares(small: Pixels) -> tuple[float, float]:
    """How much of the border has one dark value, and how much one bright value.

    Air is all alike and reaches the border; tissue, however bright, varies along it.
    """
    rows, columns = unframed(small)
    values = border(small[rows, columns])
    places = np.minimum((values * BINS).astype(int), BINS - 1)
    counts = np.bincount(places, minlength=BINS) / max(1, values.size)
    pairs = counts + np.append(counts[1:], 0)
    return float(pairs[: int(DARK * BINS)].max()), float(pairs[int(BRIGHT * BINS) :].max())


def has_white_air(pixels: Pixels) -> bool:
    """True for an image that shows air white, as film on a light box is not."""
    dark, bright = air_shares(thumbnail(pixels))
    return bright > dark and bright >= LEAST_AIR
