"""A phantom image as PNG: grey, 8 or 16 bits."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, MammolensError
from core.phantom.render import PhantomImage


def png_bytes(image: PhantomImage, *, bits: int = 16) -> bytes:
    if bits not in (8, 16):
        raise ConfigError(
            f"A phantom cannot be stored as PNG with {bits!r} bits. Allowed: 8, 16. Choose one."
        )
    return encoded(grey8(image) if bits == 8 else grey16(image))


def grey8(image: PhantomImage) -> NDArray[np.uint8]:
    return np.asarray(np.round(image.pixels * 255), dtype=np.uint8)


def grey16(image: PhantomImage) -> NDArray[np.uint16]:
    return np.asarray(np.round(image.pixels * 65535), dtype=np.uint16)


def encoded(pixels: NDArray[Any]) -> bytes:
    """As many bits as the array has."""
    done, buffer = cv2.imencode(".png", pixels)
    if not done:
        raise MammolensError(
            f"OpenCV could not encode an array of {pixels.shape} {pixels.dtype} as PNG. "
            "This is a fault of ours; please report it."
        )
    return bytes(buffer.tobytes())
