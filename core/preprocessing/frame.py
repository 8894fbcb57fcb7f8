"""An image on its way through the steps, never losing where its pixels came from."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.domain.images import ImageFacts, Pixels

Mask = NDArray[np.bool_]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """`pixels` is H×W in [0, 1]; `mask` is where the breast is, once a step has found it.

    `to_source` takes homogeneous (x, y, 1) of these pixels to the stored image's.
    `target` is the (height, width) that the spec asks for in the end.
    """

    pixels: Pixels
    facts: ImageFacts
    target: tuple[int, int]
    to_source: Matrix
    mask: Mask | None = None

    @property
    def size(self) -> tuple[int, int]:
        height, width = self.pixels.shape
        return height, width

    def with_pixels(self, pixels: Pixels) -> "Frame":
        return replace(self, pixels=np.ascontiguousarray(pixels, np.float32))

    def moved(self, pixels: Pixels, mask: Mask | None, to_here: Matrix) -> "Frame":
        """After a change of geometry; `to_here` takes new coordinates to this frame's."""
        changed = self.with_pixels(pixels)
        return replace(changed, mask=mask, to_source=self.to_source @ to_here)


def shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=float)


def scaling(x: float, y: float) -> Matrix:
    """From a resized image to the one before: edges meet edges, so centres are off by a half."""
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]], dtype=float)


def mirror(width: int) -> Matrix:
    return np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]], dtype=float)
