"""Stored values to the float image that everything else works on, and quickly.

Integers of up to 16 bits go through one table that holds every value's grey, so the
exact display transform costs the same whether it is a line, a curve or a list. Only
then are pixels averaged: a window that clips does not commute with a mean.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.images import ImageFacts, Mammogram, Pixels

Words = NDArray[Any]
Greys = NDArray[np.float64]
FINEST = 65535


@dataclass(frozen=True)
class Stored:
    """`words` as they lie in the file; `greys` gives words their place in [0, 1]."""

    words: Words
    greys: Callable[[Words], Greys]
    facts: ImageFacts


def display(stored: Stored, working_height: int | None) -> Mammogram:
    factor = reduction(stored.words.shape[0], working_height)
    pixels = _reduced(stored, factor) if factor > 1 else _full(stored)
    return Mammogram(pixels, stored.facts, reduced_to_source(factor))


def reduction(rows: int, working_height: int | None) -> int:
    """The whole factor that brings `rows` to at most `working_height`."""
    return 1 if working_height is None else max(1, -(-rows // working_height))


def reduced_to_source(factor: int) -> NDArray[np.float64]:
    """Pixel centres have whole coordinates, so a reduced pixel lies amid those it averages."""
    middle = (factor - 1) / 2
    return np.array([[factor, 0, middle], [0, factor, middle], [0, 0, 1]], dtype=float)


def area_mean(image: Words, factor: int) -> Words:
    """The mean over blocks of `factor` squared; a last partial block repeats its edge."""
    rows, columns = image.shape
    below, beside = -rows % factor, -columns % factor
    if below or beside:
        image = cv2.copyMakeBorder(image, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    size = (image.shape[1] // factor, image.shape[0] // factor)
    mean: Words = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return mean


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


def _full(stored: Stored) -> Pixels:
    table = _table(stored)
    if table is None:
        return stored.greys(stored.words).astype(np.float32)
    return look_up(table.astype(np.float32), np.ascontiguousarray(stored.words))


def _reduced(stored: Stored, factor: int) -> Pixels:
    table = _table(stored)
    if table is None:
        return area_mean(_full(stored), factor)
    fine = np.rint(table * FINEST).astype(np.uint16)
    means = area_mean(look_up(fine, np.ascontiguousarray(stored.words)), factor)
    return means.astype(np.float32) / np.float32(FINEST)
