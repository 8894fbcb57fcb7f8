"""Fine lines in the breast: ligaments, ducts and vessels.

Ligaments are thin strokes that bend, branch and fade at both ends. Each layer of
them is laid out along rays that fan out from behind the nipple, and the layers cross
one another at small angles.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.noise import Field, band
from core.phantom.outline import Outline

Points = NDArray[np.float64]

TILE = 1024
TILES = 6  # a fixed stock of patterns, each used at a random offset
STROKES = 900  # in a tile, which then has a line about every TILE_LINE pixels
TILE_LINE = 26.0
STEP = 8  # rays are bent so gently that every eighth pixel suffices
# What each layer adds: strength, millimetres between lines, spread of its direction in degrees
LAYERS = ((1.0, 11.0, 7.0), (0.8, 7.5, 12.0), (0.4, 5.0, 18.0), (0.2, 3.0, 25.0))


@lru_cache(maxsize=TILES)
def _tile(number: int) -> Field:
    """A wrapping pattern of bright strokes that run mostly across the tile."""
    rng = np.random.Generator(np.random.PCG64([number, 2021]))
    layers = [np.zeros((2 * TILE, 2 * TILE), np.uint8) for _ in range(4)]
    start = np.zeros(2)
    for count in range(STROKES):
        branches = rng.random() < 0.45
        start = start if branches else rng.uniform(TILE / 2, 1.5 * TILE, 2)
        path = _stroke(rng, start, 0.35 if branches else 0.16)
        _draw(layers[count % 4], path, float(rng.uniform(40, 230)), 1 + int(rng.random() < 0.35))
        start = path[int(rng.integers(2, len(path) - 2))]
    total = np.sum([layer.astype(np.float32) for layer in layers], axis=0) / 255
    return np.asarray(_wrapped(total), dtype=np.float32)


def _wrapped(canvas: Field) -> Field:
    """Folds a canvas of twice the size onto the tile, so that no stroke ends at a border."""
    return np.asarray(
        canvas[:TILE, :TILE] + canvas[TILE:, :TILE] + canvas[:TILE, TILE:] + canvas[TILE:, TILE:]
    )


def _stroke(rng: np.random.Generator, start: Points, spread: float) -> Points:
    length = float(np.clip(rng.lognormal(4.55, 0.5), 40, 300))
    steps = 14
    heading = rng.normal(0, spread) + np.linspace(0, rng.normal(0, 0.3), steps)
    heading += np.cumsum(rng.normal(0, 0.05, steps))
    moves = np.stack([np.cos(heading), np.sin(heading)], 1) * length / steps
    return np.asarray(start + np.cumsum(moves, axis=0))


def _draw(layer: NDArray[np.uint8], path: Points, level: float, width: int) -> None:
    """Fades in and out along its length."""
    points = np.round(path * 8).astype(int)
    fade = np.sin(np.linspace(0.15, np.pi - 0.15, len(path) - 1)) ** 0.7
    for first, second, share in zip(points, points[1:], fade, strict=False):
        cv2.line(layer, first.tolist(), second.tolist(), level * share, width, cv2.LINE_AA, 3)


def ligaments(rng: np.random.Generator, outline: Outline) -> Field:
    """Lines of several calibres, fanning out from behind the nipple."""
    rows, columns = outline.breast.shape
    total = np.zeros((rows, columns), np.float32)
    for strength, between_mm, spread in LAYERS:
        scale = np.float32(TILE_LINE / between_mm)
        along, aside = _rays(rng, outline, np.deg2rad(rng.normal(0, spread)))
        start = rng.uniform(0, TILE, 2).astype(np.float32)
        x = cv2.resize(along * scale + start[0], (columns, rows), interpolation=cv2.INTER_LINEAR)
        y = cv2.resize(aside * scale + start[1], (columns, rows), interpolation=cv2.INTER_LINEAR)
        lines = _tile(int(rng.integers(TILES)))
        laid = cv2.remap(lines, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        total += np.float32(strength) * laid
    return total


def _rays(rng: np.random.Generator, outline: Outline, turn: float) -> tuple[Field, Field]:
    """Millimetres along the rays and across them, gently bent."""
    rows, columns = outline.breast.shape
    y, x = np.mgrid[0 : rows + STEP : STEP, 0 : columns + STEP : STEP].astype(np.float32)
    behind = rng.uniform(30, 140)
    axis = np.array(outline.axis) @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    pole = np.array(outline.nipple) - axis * behind
    dx, dy = x * outline.spacing - pole[0], y * outline.spacing - pole[1]
    along = dx * axis[0] + dy * axis[1]
    aside = dy * axis[0] - dx * axis[1]
    bend = band(rng, x.shape, (80 / outline.spacing / STEP,) * 2, 0.9)
    angle = np.arctan2(aside, along) * (behind + 45) + 1.5 * bend
    radius = np.hypot(along, aside) + 2.0 * np.roll(bend, 5, 0)
    return radius.astype(np.float32), angle.astype(np.float32)


def vessels(rng: np.random.Generator, outline: Outline) -> Field:
    """A few long, winding, even bands from the chest wall towards the nipple."""
    canvas = np.zeros(outline.breast.shape, np.uint8)
    for _ in range(int(rng.integers(2, 6))):
        points = np.round(_vessel(rng, outline) * 8).astype(np.int32)
        width = max(1, round(rng.uniform(0.5, 1.1) / outline.spacing))
        cv2.polylines(canvas, [points], False, int(rng.integers(90, 230)), width, cv2.LINE_AA, 3)
    soft = cv2.GaussianBlur(canvas, (0, 0), max(0.25 / outline.spacing, 0.3))
    return np.asarray(soft, dtype=np.float32) * np.float32(1 / 255)


def _vessel(rng: np.random.Generator, outline: Outline) -> NDArray[np.float64]:
    """Pixel x, y along a vessel."""
    depth = np.linspace(rng.uniform(0.05, 0.3), 1.1, 40)
    start, end = rng.normal(0, 0.25), rng.normal(0, 0.5)
    sway = 0.05 * np.sin(depth * rng.uniform(5, 11) + rng.uniform(0, 6))
    across = start + (end - start) * depth + sway
    across += 0.012 * np.cumsum(rng.normal(0, 1, depth.size)) * depth
    return np.array([outline.pixel(a, u) for a, u in zip(depth, across, strict=True)])
