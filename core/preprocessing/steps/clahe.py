"""Brings out faint contrast in each region by itself."""

import cv2
import numpy as np

from core.domain.images import Pixels
from core.preprocessing.step import Parameter, Step, on_pixels

FINEST = 65535


def clahe(pixels: Pixels, clip: float = 2.0, tiles: int = 8) -> Pixels:
    engine = cv2.createCLAHE(clipLimit=clip, tileGridSize=(tiles, tiles))
    fine = np.rint(np.clip(pixels, 0, 1) * FINEST).astype(np.uint16)
    return np.asarray(engine.apply(fine), np.float32) / np.float32(FINEST)


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
