"""Stored values to the float image that everything else works on, and quickly.

Integers of up to 16 bits go through one table that holds every value's grey, so the
exact display transform costs the same whether it is a line, a curve or a list. Only
then are pixels averaged: a window that clips does not commute with a mean. Both are
done a stripe at a time, while it lies in the processor's cache.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.images import ImageFacts, Mammogram, Pixels
from core.preprocessing.decoding.averaging import (
    area_mean,
    mean_of_half,
    reduced_to_source,
    reduction,
)

Words = NDArray[Any]
Greys = NDArray[np.float64]
FINEST = 65535
STRIPE = 1 << 20  # pixels
# How much the order of averaging and display may matter, and in how many of the pixels.
LEAST_SEEN, FEW = 0.02, 0.001


@dataclass(frozen=True)
class Stored:
    """`words` as they lie in the file; `greys` gives words their place in [0, 1].

    Words that are `halved` lie on every other pixel of every other row.
    """

    words: Words
    greys: Callable[[Words], Greys]
    facts: ImageFacts
    halved: bool = False


def display(stored: Stored, working_height: int | None) -> Mammogram:
    factor = reduction(stored.facts.rows, working_height)
    pixels = _reduced(stored, factor) if factor > 1 else _full(stored)
    return Mammogram(pixels, stored.facts, reduced_to_source(factor))


def may_stay_halved(stored: Stored) -> bool:
    """Whether averaging before the display transform shows what averaging after it shows.

    The half-size image was averaged before. One more step of averaging, done in both
    orders, tells what the step that is not seen has changed.
    """
    table = _fine(stored)
    if table is None:
        return False
    after = area_mean(look_up(table, stored.words), 2)
    before = look_up(table, area_mean(stored.words, 2))
    seen = cv2.absdiff(before, after) > LEAST_SEEN * FINEST
    return bool(np.count_nonzero(seen) <= FEW * seen.size)


def look_up(table: Words, words: Words) -> Words:
    """OpenCV's own table look-up is an order of magnitude quicker but new for 16 bits."""
    try:
        found: Words = cv2.LUT(words, table.reshape(1, -1))
    except cv2.error:
        found = np.take(table, words)
    return found


def _table(stored: Stored) -> Greys | None:
    kind = stored.words.dtype
    if kind not in (np.uint8, np.uint16):
        return None
    return stored.greys(np.arange(np.iinfo(kind).max + 1, dtype=kind))


def _fine(stored: Stored) -> NDArray[np.uint16] | None:
    table = _table(stored)
    return None if table is None else np.rint(table * FINEST).astype(np.uint16)


def _full(stored: Stored) -> Pixels:
    table = _table(stored)
    if table is None:
        return stored.greys(stored.words).astype(np.float32)
    return look_up(table.astype(np.float32), np.ascontiguousarray(stored.words))


def _reduced(stored: Stored, factor: int) -> Pixels:
    fine = _fine(stored)
    if fine is None:
        return area_mean(_full(stored), factor)
    if stored.halved:
        size = (stored.facts.rows, stored.facts.columns)
        means = mean_of_half(look_up(fine, stored.words), size, factor)
    else:
        means = np.concatenate([area_mean(one, factor) for one in _stripes(stored, fine, factor)])
    return means.astype(np.float32) / np.float32(FINEST)


def _stripes(stored: Stored, table: Words, factor: int) -> Iterator[Words]:
    """Whole blocks high, so that the means are those of the whole image."""
    words = stored.words
    high = max(1, STRIPE // (words.shape[1] * factor)) * factor
    for top in range(0, len(words), high):
        yield look_up(table, np.ascontiguousarray(words[top : top + high]))
