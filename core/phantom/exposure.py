"""What the detector adds: blur and grain."""

import cv2
import numpy as np

from core.phantom.noise import Field


def soften(pixels: Field, sigma: float) -> Field:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma)) if sigma > 0.15 else pixels


def grain(rng: np.random.Generator, pixels: Field, level: float) -> Field:
    """Quantum noise: a little more where more has been let through, none on black."""
    noise = rng.standard_normal(pixels.shape, dtype=np.float32)
    return np.asarray(noise * np.float32(level) * np.sqrt(np.clip(pixels * 3, 0, 1)))
