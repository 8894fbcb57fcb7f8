"""Lays one image on another where their patterns say, and asks whether the pixels agree.

Different breasts share patterns by chance, and burned-in letters are the same everywhere.
Only in copies does the tissue between the patterns agree as well.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.datasets.leakage.features import SIDE, Grey, local_contrast, tissue
from core.datasets.leakage.lookup import Candidate

SMALLEST_OVERLAP = 0.15  # of the smaller image's tissue
NOISE_BLUR = 1.5
THUMBNAIL = 64
STEPS_PER_SPREAD = 40.0  # how finely a thumbnail keeps local contrast
MOST_STRETCH = 2.0  # between the directions of one arrangement
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Relief:
    """Local contrast of one image, and where it shows tissue; `scale` is to SIDE pixels."""

    contrast: Grey
    shown: NDArray[np.uint8]
    scale: float = 1.0


def relief(image: Grey) -> Relief:
    calm = np.asarray(cv2.GaussianBlur(image, (0, 0), NOISE_BLUR), np.float32)
    return Relief(local_contrast(calm), tissue(image))


def thumbnail(whole: Relief) -> NDArray[np.uint8]:
    """A relief in few bytes: zero is no tissue, 128 is no contrast."""
    factor = THUMBNAIL / SIDE
    size = tuple(max(1, round(n * factor)) for n in reversed(whole.contrast.shape))
    contrast = cv2.resize(whole.contrast, size, interpolation=cv2.INTER_AREA)
    shown = cv2.resize(whole.shown, size, interpolation=cv2.INTER_NEAREST)
    kept = np.clip(contrast * STEPS_PER_SPREAD + 128, 1, 255) * (shown > 0)
    return np.asarray(kept, np.uint8)


def from_thumbnail(small: NDArray[np.uint8]) -> Relief:
    contrast = (small.astype(np.float32) - 128) / np.float32(STEPS_PER_SPREAD)
    return Relief(contrast, (small > 0).astype(np.uint8), THUMBNAIL / SIDE)


def agreement(one: Relief, other: Relief, candidate: Candidate) -> float:
    """Correlation of local contrast where both images show tissue; 0 without an overlap."""
    matrix = arrangement(candidate)
    if matrix is None:
        return 0.0
    matrix = _for_relief(matrix, one, other, candidate.mirrored)
    size = (other.shown.shape[1], other.shown.shape[0])
    moved = cv2.warpAffine(one.shown, matrix, size, flags=cv2.INTER_NEAREST)
    both = (moved > 0) & (other.shown > 0)
    area = one.shown.sum() * abs(np.linalg.det(matrix[:, :2]))
    if both.sum() < SMALLEST_OVERLAP * min(area, other.shown.sum()):
        return 0.0
    laid = cv2.warpAffine(one.contrast, matrix, size, flags=cv2.INTER_LINEAR)
    return _correlation(laid[both], other.contrast[both])


def arrangement(candidate: Candidate) -> Matrix | None:
    """The affine map that takes image one (its x negative where mirrored) onto the other."""
    one = candidate.from_one[:, :2].astype(np.float64)
    other = candidate.from_other[:, :2].astype(np.float64)
    enough = candidate.shared >= 8
    estimate = cv2.estimateAffine2D if enough else cv2.estimateAffinePartial2D
    matrix, _ = estimate(one, other, ransacReprojThreshold=3)
    if matrix is None:
        return None
    stretches = np.linalg.svd(matrix[:, :2], compute_uv=False)
    return None if stretches[0] > MOST_STRETCH * stretches[1] else np.asarray(matrix, np.float64)


def _for_relief(matrix: Matrix, one: Relief, other: Relief, mirrored: bool) -> Matrix:
    """The same map between reliefs, which may be smaller than the images were."""
    whole = np.vstack([matrix, [0, 0, 1]])
    enlarge = np.diag([(-1 if mirrored else 1) / one.scale, 1 / one.scale, 1])
    shrink = np.diag([other.scale, other.scale, 1])
    return np.asarray((shrink @ whole @ enlarge)[:2], np.float64)


def _correlation(one: Grey, other: Grey) -> float:
    if one.size < 2 or not one.std() or not other.std():
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
