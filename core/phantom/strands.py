"""Fine lines in the breast: ligaments, ducts and vessels.

Ligaments are the zero crossings of band-limited noise: thin, curved, branching and
of no fixed length, as in a real breast. They are laid out along rays that meet
behind the nipple.
"""

from functools import lru_cache

import cv2
import numpy as np

from core.phantom.noise import Field, band, smoothstep
from core.phantom.outline import Outline

TILE = 1024
TILES = 12  # fixed stock of line patterns, each used at a random offset and scale


@lru_cache(maxsize=TILES)
def _tile(number: int) -> Field:
    """A wrapping pattern of bright lines that run mostly across the tile."""
    rng = np.random.Generator(np.random.PCG64([number, 20_21]))
    waves = band(rng, (TILE, TILE), (42.0 + 4 * (number % 4), 190.0), 0.75)
    slope_y = np.roll(waves, -1, 0) - waves
    slope_x = np.roll(waves, -1, 1) - waves
    away = np.abs(waves) / np.sqrt(slope_y**2 + slope_x**2 + 0.02**2)
    lines = np.exp(-((away / 1.6) ** 2))
    presence = band(rng, (TILE, TILE), (120.0, 300.0), 0.9)
    return np.asarray(lines * smoothstep(presence, -0.9, 1.1), dtype=np.float32)


def ligaments(rng: np.random.Generator, outline: Outline, step: int = 1) -> Field:
    """Lines of three calibres, fanning out from behind the nipple."""
    radius, angle = _rays(rng, outline, 4)
    rows, columns = outline.breast.shape
    total = np.zeros((rows, columns), np.float32)
    for strength, line_mm in ((1.0, 9.0), (0.75, 5.0), (0.45, 2.8)):
        pixels_per_mm = 44.0 / line_mm / 2
        offset = rng.uniform(0, TILE, 2).astype(np.float32)
        x = cv2.resize(
            radius * pixels_per_mm + offset[0], (columns, rows), interpolation=cv2.INTER_LINEAR
        )
        y = cv2.resize(
            angle * pixels_per_mm + offset[1], (columns, rows), interpolation=cv2.INTER_LINEAR
        )
        tile = _tile(int(rng.integers(TILES)))
        total += strength * cv2.remap(tile, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return total


def _rays(rng: np.random.Generator, outline: Outline, step: int) -> tuple[Field, Field]:
    """Length along and offset across the rays, in millimetres, gently bent."""
    rows, columns = outline.breast.shape
    y, x = np.mgrid[0:rows:step, 0:columns:step].astype(np.float32) * np.float32(outline.spacing)
    behind = rng.uniform(25, 60)
    pole = [outline.nipple[i] - outline.axis[i] * behind for i in (0, 1)]
    dx, dy = x - np.float32(pole[0]), y - np.float32(pole[1])
    along = dx * outline.axis[0] + dy * outline.axis[1]
    aside = dx * outline.across[0] + dy * outline.across[1]
    bend = band(rng, x.shape, (60 / outline.spacing / step,) * 2, 0.8)
    angle = np.arctan2(aside, along) * np.float32(behind + 45) + 2.5 * bend
    radius = np.hypot(along, aside) + 4 * np.roll(bend, 37, 0)
    return radius.astype(np.float32), angle.astype(np.float32)


def vessels(rng: np.random.Generator, outline: Outline) -> Field:
    """A few long, winding, even bands from the chest wall towards the nipple."""
    canvas = np.zeros(outline.breast.shape, np.uint8)
    for _ in range(int(rng.integers(2, 6))):
        path = vessel_path(rng, outline)
        width = max(1, round(rng.uniform(0.5, 1.1) / outline.spacing))
        points = np.round(path * 8).astype(np.int32)
        cv2.polylines(canvas, [points], False, int(rng.integers(90, 230)), width, cv2.LINE_AA, 3)
    soft = cv2.GaussianBlur(canvas, (0, 0), max(0.25 / outline.spacing, 0.3))
    return np.asarray(soft, dtype=np.float32) * np.float32(1 / 255)


def vessel_path(
    rng: np.random.Generator, outline: Outline, place: tuple[float, float] | None = None
) -> np.ndarray:
    """Pixel x, y along a vessel, through `place` (depth, across) if one is given."""
    depth = np.linspace(0.08, 1.1, 40)
    start, end = rng.normal(0, 0.2), rng.normal(0, 0.5)
    across = (
        start
        + (end - start) * depth
        + 0.05 * np.sin(depth * rng.uniform(5, 11) + rng.uniform(0, 6))
    )
    across += 0.012 * np.cumsum(rng.normal(0, 1, depth.size)) * depth
    if place is not None:
        across += place[1] - np.interp(place[0], depth, across)
    return np.array([outline.pixel(a, u) for a, u in zip(depth, across, strict=True)])
