"""Resizing as pure functions: by area, which averages, or Lanczos, which keeps edges crisp."""

import cv2
import numpy as np
from PIL import Image

from core.domain.images import Pixels
from core.preprocessing.frame import Frame, Mask, scaling

INTERPOLATIONS = ("area", "lanczos")


def resized(frame: Frame, height: int, width: int, interpolation: str = "area") -> Frame:
    """A frame with its mask at another size."""
    mask = None if frame.mask is None else resampled_mask(frame.mask, height, width)
    pixels = resampled(frame.pixels, height, width, interpolation)
    back = scaling(frame.size[1] / width, frame.size[0] / height)
    return frame.moved(pixels, mask, back)


def resampled(pixels: Pixels, height: int, width: int, interpolation: str = "area") -> Pixels:
    if pixels.shape == (height, width):
        return pixels.copy()
    if interpolation == "lanczos":
        return _lanczos(pixels, height, width)
    shrinks = height <= pixels.shape[0] and width <= pixels.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=method), np.float32)


def _lanczos(pixels: Pixels, height: int, width: int) -> Pixels:
    """Pillow widens the kernel when it shrinks; OpenCV's Lanczos does not, and would alias."""
    resized = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
    return np.clip(np.asarray(resized, np.float32), 0, 1)


def resampled_mask(mask: Mask, height: int, width: int) -> Mask:
    """A pixel belongs to the mask when at least half of it does."""
    share = resampled(mask.astype(np.float32), height, width)
    return share >= 0.5
