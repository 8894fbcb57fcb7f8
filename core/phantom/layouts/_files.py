"""Files that several layouts write."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import MammolensError
from core.phantom.render import PhantomImage


def write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_png(path: Path, pixels: NDArray[Any]) -> None:
    """Grey, 8 or 16 bits as the array is."""
    written, encoded = cv2.imencode(".png", pixels)
    if not written:
        raise MammolensError(
            f"OpenCV could not encode {path.name} as PNG. This is a fault of ours."
        )
    write_file(path, encoded.tobytes())


def grey8(image: PhantomImage) -> NDArray[np.uint8]:
    return np.asarray(np.round(image.pixels * 255), dtype=np.uint8)


def grey16(image: PhantomImage) -> NDArray[np.uint16]:
    return np.asarray(np.round(image.pixels * 65535), dtype=np.uint16)


def enclosing_circle(mask: NDArray[np.bool_]) -> tuple[float, float, float]:
    """x, y and radius of the smallest circle around a mask, in pixels."""
    points = cv2.findNonZero(mask.astype(np.uint8))
    if points is None:
        return 0.0, 0.0, 0.0
    (x, y), radius = cv2.minEnclosingCircle(points)
    return float(x), float(y), float(radius)
