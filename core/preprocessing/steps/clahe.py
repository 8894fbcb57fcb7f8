"""Brings out faint contrast in each region by itself."""

import cv2
import numpy as np

from core.domain.images import Pixels
from core.preprocessing.step import Parameter, Step, on_pixels

# As many bins as OpenCV and scikit-image count by default. With 65,536 of them nearly every
# pixel of a fine image has its own, and the limit would bind by the file's depth of grey alone.
BINS = 256


def clahe(pixels: Pixels, clip: float = 2.0, tiles: int = 8) -> Pixels:
    engine = cv2.createCLAHE(clipLimit=clip, tileGridSize=(tiles, tiles))
    coarse = np.rint(np.clip(pixels, 0, 1) * (BINS - 1)).astype(np.uint8)
    return np.asarray(engine.apply(coarse), np.float32) / np.float32(BINS - 1)


STEP = Step(
    "clahe",
    "Local contrast (CLAHE)",
    "Brings out faint contrast in each region by itself.",
    on_pixels(clahe),
    (
        Parameter("clip", "Contrast limit", 2.0, 0.1, 40.0, help="Higher brings out more noise."),
        Parameter("tiles", "Regions per side", 8, 1, 32),
    ),
)
