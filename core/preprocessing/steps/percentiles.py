"""Stretches brightness so that given shares of the breast become black and white."""

import numpy as np

from core.domain.images import Pixels
from core.preprocessing.frame import Frame, Mask
from core.preprocessing.step import Parameter, Step

SAMPLED = 100_000
FLAT = 1e-5


def percentiles(
    pixels: Pixels, low: float = 1.0, high: float = 99.5, mask: Mask | None = None
) -> Pixels:
    """Measured inside `mask` where there is one; what lies beyond either end is clipped."""
    inside = pixels[mask] if mask is not None and mask.any() else pixels.ravel()
    sample = inside[:: max(1, inside.size // SAMPLED)]
    black, white = np.percentile(sample, (low, high)).astype(np.float32)
    if white - black < FLAT:  # nearly all of one brightness: the few others make the range
        black, white = inside.min(), inside.max()
    if white - black < FLAT:
        return np.asarray(np.clip(pixels, 0, 1))
    return np.asarray(np.clip((pixels - black) / (white - black), 0, 1))


def _apply(frame: Frame, low: float, high: float, inside: bool) -> Frame:
    mask = frame.mask if inside else None
    return frame.with_pixels(percentiles(frame.pixels, low, high, mask))


STEP = Step(
    "percentiles",
    "Brightness by percentiles",
    "Stretches brightness so that given shares of the breast become black and white.",
    _apply,
    (
        Parameter("low", "Percent that become black", 1.0, 0.0, 50.0),
        Parameter("high", "Percent below white", 99.5, 50.0, 100.0),
        Parameter("inside", "Measure inside the breast only", True),
    ),
)
