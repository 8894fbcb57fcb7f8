"""Maps that never saw the model: a method must beat them before it has shown anything.

On patches cut around lesions, pointing at the centre beats most methods.
"""

from collections.abc import Callable

import cv2
import numpy as np

from core.evaluation.sample import Bools, Floats

# Shares of the image's shorter side.
SPOT = 0.12
SMOOTHING = 0.02
GRID = 7  # as coarse as the last feature maps of most networks

Baseline = Callable[[Floats, Bools, int], Floats]


def image_centre(image: Floats, breast: Bools, seed: int = 0) -> Floats:
    rows, columns = image.shape
    return _spot(image.shape, (rows - 1) / 2, (columns - 1) / 2)


def breast_centre(image: Floats, breast: Bools, seed: int = 0) -> Floats:
    rows, columns = np.nonzero(breast)
    if not rows.size:
        return image_centre(image, breast)
    return _spot(image.shape, float(rows.mean()), float(columns.mean()))


def brightest(image: Floats, breast: Bools, seed: int = 0) -> Floats:
    """The image itself, smoothed: tissue that is dense is bright."""
    smooth = cv2.GaussianBlur(image.astype(np.float64), (0, 0), SMOOTHING * min(image.shape) + 0.1)
    return np.where(breast, smooth, 0.0) if breast.any() else np.asarray(smooth)


def random(image: Floats, breast: Bools, seed: int = 0) -> Floats:
    """Noise as coarse as a network's map, within the breast."""
    noise = np.random.default_rng(seed).random((GRID, GRID))
    size = (image.shape[1], image.shape[0])
    smooth = np.clip(cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC), 0, None)
    return np.where(breast, smooth, 0.0) if breast.any() else np.asarray(smooth)


def _spot(shape: tuple[int, ...], row: float, column: float) -> Floats:
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    width = SPOT * min(shape)
    spot: Floats = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * width**2))
    return spot


BASELINES: dict[str, tuple[str, Baseline]] = {
    "image-centre": ("Image centre", image_centre),
    "breast-centre": ("Breast centre", breast_centre),
    "brightest": ("Brightest spot", brightest),
    "random": ("Random", random),
}
