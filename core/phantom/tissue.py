"""Glandular tissue: one field per breast in three dimensions, projected into each view.

Because both views are projections of the same field, a dense patch that is behind
the nipple in one is behind the nipple in the other, as in a real examination.
"""

from functools import lru_cache

import cv2
import numpy as np
from scipy.special import expit

from core.domain.cases import Side, View
from core.phantom.config import PhantomConfig, stream
from core.phantom.noise import Field, power_law
from core.phantom.outline import Outline

GRID = 48  # cells along each axis of the field
LENGTH, REACH = 1.35, 1.15  # what the grid spans, in shares of depth and reach
LIKENESS = 0.6  # correlation between the two breasts of a patient
THRESHOLD = {"A": 0.95, "B": 0.55, "C": 0.10, "D": -0.45}


@lru_cache(maxsize=1)
def _axes() -> tuple[Field, Field, Field]:
    depth = np.linspace(-0.05, LENGTH - 0.05, GRID, dtype=np.float32)
    side = np.linspace(-REACH, REACH, GRID, dtype=np.float32)
    a, u, v = np.meshgrid(depth, side, side, indexing="ij")
    return a, u, v


@lru_cache(maxsize=8)
def gland(seed: int, index: int, side: Side, density: str) -> Field:
    """Share of dense tissue in each cell: depth x lateral x head."""
    shared = power_law(stream(seed, index, "gland"), (GRID,) * 3, 3.0)
    rng = stream(seed, index, "gland", side)
    own = power_law(rng, (GRID,) * 3, 3.0)
    noise = LIKENESS**0.5 * shared + (1 - LIKENESS) ** 0.5 * own
    a, u, v = _axes()
    lateral, up = rng.normal(0.10, 0.07), rng.normal(0.08, 0.07)
    middle, length = rng.uniform(0.36, 0.5), rng.uniform(0.40, 0.55)
    fan = 0.38 + 0.45 * np.clip(a, 0, 1)
    far = ((a - middle) / length) ** 2 + ((u - lateral) / fan) ** 2 + ((v - up) / fan) ** 2
    level = 1 - far + 0.75 * noise - THRESHOLD[density]
    return np.asarray(expit(5 * level), dtype=np.float32)


@lru_cache(maxsize=1)
def _slanted() -> tuple[np.ndarray, np.ndarray]:
    """Cells passed by rays that fall obliquely: [across, along the ray]."""
    turn = np.deg2rad(35)
    across, ray = np.meshgrid(*[np.linspace(-1, 1, GRID)] * 2, indexing="ij")
    lateral = across * np.sin(turn) + ray * np.cos(turn)
    head = across * np.cos(turn) - ray * np.sin(turn)
    cells = [
        np.clip((c + 1) / 2 * (GRID - 1), 0, GRID - 1).round().astype(int) for c in (lateral, head)
    ]
    return cells[0], cells[1]


def projected(volume: Field, view: View) -> Field:
    """Mean share of dense tissue along each ray: depth x across."""
    if view is View.CC:
        return np.asarray(volume.mean(axis=2))
    lateral, head = _slanted()
    return np.asarray(volume[:, lateral, head].mean(axis=2))


def gland_map(
    config: PhantomConfig,
    index: int,
    side: Side,
    density: str,
    outline: Outline,
    view: View,
    step: int,
) -> Field:
    """The projection, laid into the picture at every `step`th pixel."""
    flat = projected(gland(config.seed, index, side, density), view)
    depth, across = outline.places(step)
    row = (depth + 0.05) / LENGTH * (GRID - 1)
    column = (across + REACH) / (2 * REACH) * (GRID - 1)
    return np.asarray(
        cv2.remap(flat, column, row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    )


def place_in_view(place: tuple[float, float, float], view: View) -> tuple[float, float]:
    """Depth and across of a point of the breast in this view."""
    depth, lateral, head = place
    if view is View.CC:
        return depth, lateral
    turn = np.deg2rad(35)
    return depth, float(lateral * np.sin(turn) + head * np.cos(turn))
