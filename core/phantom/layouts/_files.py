"""Files that several layouts write."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.png import encoded


def write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_png(path: Path, pixels: NDArray[Any]) -> None:
    write_file(path, encoded(pixels))


def enclosing_circle(mask: NDArray[np.bool_]) -> tuple[float, float, float]:
    """x, y and radius of the smallest circle around a mask, in pixels."""
    points = cv2.findNonZero(mask.astype(np.uint8))
    if points is None:
        return 0.0, 0.0, 0.0
    (x, y), radius = cv2.minEnclosingCircle(points)
    return float(x), float(y), float(radius)
