"""What the detector adds, blur and grain, and what its software makes of them."""

import cv2
import numpy as np

from core.phantom.noise import Field

SHARPENED_MM = 0.35


def soften(pixels: Field, sigma: float) -> Field:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma)) if sigma > 0.15 else pixels


def grain(rng: np.random.Generator, pixels: Field, level: float) -> Field:
    """Quantum noise: a little more where more has been let through, none on black."""
    noise = rng.standard_normal(pixels.shape, dtype=np.float32)
    return np.asarray(noise * np.float32(level) * np.sqrt(np.clip(pixels * 3, 0, 1)))


def sharpen(pixels: Field, amount: float, spacing_mm: float) -> Field:
    """Unsharp masking at the scale of ligaments and skin."""
    if amount == 0:
        return pixels
    smooth = cv2.GaussianBlur(pixels, (0, 0), SHARPENED_MM / spacing_mm)
    return np.asarray(cv2.addWeighted(pixels, 1 + amount, smooth, -amount, 0))
