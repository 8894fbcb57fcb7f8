"""The square of a picture in which one finding is drawn, with its coordinates in millimetres."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.noise import Field

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Patch:
    """`x`, `y` are millimetres from the finding's centre; `spacing` is the size of a pixel."""

    x: Field
    y: Field
    spacing: float

    @classmethod
    def around(cls, fraction: tuple[float, float], half_mm: float, spacing: float) -> "Patch":
        """Centred on a point `fraction` of a pixel right of and below the middle pixel."""
        half = int(np.ceil(half_mm / spacing)) + 2
        axis = np.arange(-half, half + 1, dtype=np.float32)
        x = (axis[None, :] - np.float32(fraction[0])) * np.float32(spacing)
        y = (axis[:, None] - np.float32(fraction[1])) * np.float32(spacing)
        across, down = np.broadcast_arrays(x, y)
        return cls(np.ascontiguousarray(across), np.ascontiguousarray(down), spacing)

    def blank(self) -> Field:
        return np.zeros(self.x.shape, np.float32)

    def to_pixels(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        origin = np.array([self.x[0, 0], self.y[0, 0]])
        return np.asarray((points_mm - origin) / self.spacing)


@dataclass(frozen=True)
class Stroke:
    """What a finding adds to the brightness (less where it is lucent), and where it is."""

    added: NDArray[np.floating]
    mask: Mask


def outline_radius(
    rng: np.random.Generator, angle: Field, lobes: tuple[int, int], roughness: float, oval: float
) -> Field:
    """A closed outline around 1: an oval with `lobes` (from, to) waves on it."""
    turned = angle - np.float32(rng.uniform(0, np.pi))
    squeeze = 1 / np.sqrt(np.cos(turned) ** 2 + np.sin(turned) ** 2 / (1 - oval) ** 2)
    waves = np.zeros_like(angle)
    counts = np.arange(*lobes)
    # Broad bulges outweigh fine ones, so that no outline is a regular star.
    shares = counts**-0.8 * rng.normal(0, roughness, counts.size)
    shares *= 1 / np.sqrt(np.sum(counts**-1.6))
    for count, share in zip(counts, shares, strict=True):
        phase = np.float32(rng.uniform(0, 2 * np.pi))
        waves += np.float32(share) * np.cos(np.float32(count) * angle + phase)
    return np.asarray(squeeze * (1 + waves) / np.sqrt(1 - oval), dtype=np.float32)


def dots(
    patch: Patch,
    centres_mm: NDArray[np.float64],
    radii_mm: NDArray[np.float64],
    brightness: NDArray[np.float64],
    rng: np.random.Generator,
    elongation: float = 0.0,
) -> Field:
    """Small bright bodies, drawn four times as fine as the picture and averaged down."""
    fine = 4
    rows, columns = patch.x.shape
    canvas = np.zeros((rows * fine, columns * fine), np.float32)
    pixels = (patch.to_pixels(centres_mm) + 0.5) * fine
    for centre, radius, value in zip(
        pixels, radii_mm / patch.spacing * fine, brightness, strict=True
    ):
        stretch = 1 + elongation * float(rng.random())
        axes = (max(round(radius * stretch), 1), max(round(radius / stretch), 1))
        cv2.ellipse(
            canvas,
            np.round(centre).astype(int).tolist(),
            axes,
            float(rng.uniform(0, 180)),
            0,
            360,
            float(value),
            -1,
        )
    sharp = cv2.resize(canvas, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(sharp, (0, 0), max(0.12 / patch.spacing, 0.3)))


def region(
    added: NDArray[np.floating], spacing: float, threshold: float, reach_mm: float = 0.0
) -> Mask:
    """Where a finding adds something; gaps up to `reach_mm` are closed, as in a drawn contour."""
    mask = (np.abs(added) > threshold).astype(np.uint8)
    if reach_mm > 0:
        radius = max(round(reach_mm / spacing), 1)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
        padded = cv2.copyMakeBorder(mask, *(radius,) * 4, cv2.BORDER_CONSTANT, value=0)
        closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disc)
        mask = closed[radius:-radius, radius:-radius]
    return np.asarray(mask, dtype=bool)
