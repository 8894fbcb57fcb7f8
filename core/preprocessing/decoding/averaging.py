"""Averaging down to the working height: by a whole factor, edges repeated."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[Any]
# A half-size image lies on every other pixel, a quarter of its own pixels off the middle of two.
OFF = np.array([0.75, 0.25])


def reduction(rows: int, working_height: int | None) -> int:
    """The whole factor that brings `rows` to at most `working_height`."""
    return 1 if working_height is None else max(1, -(-rows // working_height))


def reduced_to_source(factor: int) -> NDArray[np.float64]:
    """Pixel centres have whole coordinates, so a reduced pixel lies amid those it averages."""
    middle = (factor - 1) / 2
    return np.array([[factor, 0, middle], [0, factor, middle], [0, 0, 1]], dtype=float)


def area_mean(image: Image, factor: int) -> Image:
    """The mean over blocks of `factor` squared; a last partial block repeats its edge."""
    rows, columns = image.shape
    image = _padded(image, rows + -rows % factor, columns + -columns % factor)
    while factor > 2 and factor % 2 == 0 and image.dtype == np.uint16:
        image, factor = _shrunk(image, 2), factor // 2  # OpenCV is quickest at halving
    return _shrunk(image, factor)


def mean_of_half(half: Image, size: tuple[int, int], factor: int) -> Image:
    """What `area_mean` makes of an image of `size` by `factor`, from its half-size image."""
    rows, columns = (-(-side // factor) for side in size)
    # An even number of blocks is a whole number of the half-size image's pixels.
    high, wide = rows + rows % 2, columns + columns % 2
    whole = _padded(half, high * factor // 2, wide * factor // 2)
    edge = cv2.BORDER_REPLICATE
    centred = cv2.sepFilter2D(whole, -1, OFF, OFF, anchor=(0, 0), borderType=edge)
    mean = cv2.resize(centred, (wide, high), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(mean[:rows, :columns])


def _padded(image: Image, rows: int, columns: int) -> Image:
    below, beside = rows - image.shape[0], columns - image.shape[1]
    if not below and not beside:
        return image
    wider: Image = cv2.copyMakeBorder(image, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    return wider


def _shrunk(image: Image, factor: int) -> Image:
    size = (image.shape[1] // factor, image.shape[0] // factor)
    mean: Image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return mean
