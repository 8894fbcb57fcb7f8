"""Shows edges: how steeply brightness changes at each point."""

import cv2
import numpy as np

from core.domain.images import Pixels
from core.preprocessing.step import Parameter, Step, on_pixels


def sobel(pixels: Pixels, weight: float = 1.0) -> Pixels:
    """Edge strength in [0, 1], mixed with the image itself where `weight` is below 1."""
    across = cv2.Sobel(pixels, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(pixels, cv2.CV_32F, 0, 1, ksize=3)
    edges = np.clip(np.sqrt(across * across + down * down) / STEEPEST, 0, 1)
    return np.asarray(weight * edges + (1 - weight) * pixels, np.float32)


# A step from 0 to 1 gives this much: kernels of three rows add up to four.
STEEPEST = 4.0

STEP = Step(
    "sobel",
    "Edges (Sobel)",
    "Shows edges: how steeply brightness changes at each point.",
    on_pixels(sobel),
    (
        Parameter(
            "weight",
            "Share of edges",
            1.0,
            0.0,
            1.0,
            help="The rest is the image itself; 1 shows edges alone.",
        ),
    ),
)
