"""What stays the same in a copy of an image: small patterns, with place, size and direction.

SIFT gives patterns that survive turning, scaling and cropping. Contrast and gamma are
taken out first, by measuring each pixel against its surroundings. A mirrored copy holds
mirrored patterns, and those follow from the pattern itself by reordering its numbers.
"""

import threading
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 160  # pixels of the longer side at which images are compared
SURROUNDINGS = 8.0  # pixels, the standard deviation of what a pixel is measured against
NOISE_BLUR = 1.0  # pixels, before patterns are looked for
MOST_PATTERNS = 120
EMPTY = 0.02  # of full brightness: darker surroundings are no tissue
EVEN = 2e-4  # of full brightness: areas that vary less are frame or background
EDGE = 7  # pixels from the breast's rim that are left out, as all rims look alike
LETTERBOX = 4
Grey = NDArray[np.float32]


@dataclass(frozen=True)
class Patterns:
    """`places` is x, y, log2 of the size and direction in radians, for each pattern.

    `mirrored` is what `vectors` would be in a mirrored copy.
    """

    places: NDArray[np.float32]
    vectors: NDArray[np.float32]

    @property
    def mirrored(self) -> NDArray[np.float32]:
        """Rows of cells swapped across the direction, and the angles within them reversed."""
        cells = self.vectors.reshape(-1, 4, 4, 8)[:, ::-1]
        return cells[..., [0, 7, 6, 5, 4, 3, 2, 1]].reshape(-1, 128)


def proportionate(image: NDArray[np.generic], pixel_aspect: float = 1.0) -> Grey:
    """In [0, 1] with square pixels; `pixel_aspect` is a pixel's height by its width."""
    scale = np.iinfo(image.dtype.str).max if image.dtype.kind in "ui" else 1
    height, width = image.shape[0] * pixel_aspect, float(image.shape[1])
    factor = SIDE / max(height, width)
    size = (max(LETTERBOX, round(width * factor)), max(LETTERBOX, round(height * factor)))
    shrinks = size[0] * size[1] < image.size
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    grey = np.asarray(image, np.float32) / np.float32(scale)
    resized = np.asarray(cv2.resize(grey, size, interpolation=way), np.float32)
    return 1 - resized if _on_white(resized) else resized


def _on_white(image: Grey) -> bool:
    """Some machines store dense tissue dark, and so a white background."""
    white = float((image > 0.95).mean())
    return white > 0.2 and white > float((image < 0.05).mean())


def local_contrast(image: Grey) -> Grey:
    """How far each pixel stands out from its surroundings, in their standard deviations."""
    mean = cv2.GaussianBlur(image, (0, 0), SURROUNDINGS)
    square = cv2.GaussianBlur(image * image, (0, 0), SURROUNDINGS)
    spread = np.sqrt(np.maximum(square - mean * mean, 1e-6))
    return np.asarray((image - mean) / (spread + np.float32(0.01)), np.float32)


def tissue(image: Grey) -> NDArray[np.uint8]:
    """Where the image shows something, without its rim: neither dark nor one even grey."""
    bright = cv2.GaussianBlur(image, (0, 0), 3) > EMPTY
    uneven = cv2.blur(np.abs(image - cv2.GaussianBlur(image, (0, 0), 1.5)), (9, 9)) > EVEN
    rim = np.ones((EDGE, EDGE), np.uint8)
    shown = (bright & uneven).astype(np.uint8)
    eroded = cv2.erode(shown, rim, borderType=cv2.BORDER_CONSTANT, borderValue=1)
    return np.asarray(eroded, np.uint8)


_own = threading.local()


def patterns(image: Grey) -> Patterns:
    """The strongest patterns of an image from `proportionate`."""
    if not hasattr(_own, "sift"):
        _own.sift = cv2.SIFT.create(
            nfeatures=MOST_PATTERNS, nOctaveLayers=2, contrastThreshold=0.01, edgeThreshold=12
        )
    calm = np.asarray(cv2.GaussianBlur(image, (0, 0), NOISE_BLUR), np.float32)
    picture = np.clip(local_contrast(calm) * 40 + 128, 0, 255).astype(np.uint8)
    points, vectors = _own.sift.detectAndCompute(picture, tissue(image))
    if vectors is None:
        return Patterns(np.zeros((0, 4), np.float32), np.zeros((0, 128), np.float32))
    places = [(*p.pt, np.log2(max(p.size, 0.1)), np.radians(p.angle)) for p in points]
    return Patterns(np.array(places, np.float32), np.asarray(vectors, np.float32))
