"""Calcifications: coarse, pleomorphic, popcorn and vascular."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.phantom.lesions.patch import Patch, Stroke, dots, outline_radius, region
from core.phantom.noise import power_law, smoothstep

Points = NDArray[np.float64]
VISIBLE = 0.02


def coarse(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    """A loose group of round bodies of much the same size."""
    count = int(rng.integers(7, 15))
    centres = _spread(rng, count, radius, apart=0.32 * radius)
    sizes = rng.uniform(0.75, 1.25, len(centres)) * rng.uniform(0.9, 1.3)
    bright = _bright(rng, len(centres), plainness, 0.25)
    added = dots(patch, centres, sizes, bright, rng, elongation=0.25)
    return Stroke(added, region(added, patch.spacing, VISIBLE, 0.45 * radius))


def pleomorphic(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    """A tight cluster of many fine bodies of differing size, shape and brightness."""
    count = int(rng.integers(34, 75))
    centres = np.clip(rng.normal(0, 0.42, (count, 2)), -1, 1) * radius
    turn = rng.uniform(0, np.pi)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centres = centres * np.array([1.0, rng.uniform(0.4, 0.9)]) @ spin
    sizes = rng.gamma(5.0, 0.066, count) + 0.12
    bright = _bright(rng, count, plainness, 0.35)
    specks = dots(patch, centres, sizes, bright, rng, elongation=1.0)
    haze = (0.04 + 0.10 * plainness) * np.exp(-((np.hypot(patch.x, patch.y) / (0.8 * radius)) ** 2))
    return Stroke(
        (specks + haze).astype(np.float32), region(specks, patch.spacing, VISIBLE, 0.4 * radius)
    )


def popcorn(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    """Large, very bright clumps in an old fibroadenoma."""
    count = int(rng.integers(9, 20))
    centres = rng.normal(0, 0.30 * radius, (count, 2))
    sizes = radius * rng.uniform(0.10, 0.30, count)
    clumps = dots(patch, centres, sizes, _bright(rng, count, plainness, 0.2) + 0.08, rng, 0.5)
    clumps *= 1 + 0.12 * power_law(rng, clumps.shape, 2.5, 4.0)
    angle = np.arctan2(patch.y, patch.x)
    far = np.hypot(patch.x, patch.y) / (radius * outline_radius(rng, angle, (2, 5), 0.05, 0.15))
    body = (0.03 + 0.06 * plainness) * (1 - smoothstep(far, 0.8, 1.1))
    added = np.where(clumps > VISIBLE, clumps + body, body)
    return Stroke(added, far < 1.0)


def vascular(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    """Two broken parallel lines: the walls of an artery."""
    steps = int(radius * 2 / 0.28)
    s = np.linspace(-1, 1, steps)
    bend = rng.normal(0, 0.16) * s**2 + 0.08 * np.sin(s * rng.uniform(3, 7) + rng.uniform(0, 6))
    turn = rng.normal(0, 0.6)
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    gap = rng.uniform(1.1, 1.7)
    walls = [np.stack([s * radius, bend * radius + side * gap], 1) for side in (-1, 1)]
    walls = [wall + rng.normal(0, 0.13, wall.shape) for wall in walls]
    kept = [wall[_stretches(rng, steps)] for wall in walls]
    centres = np.concatenate(kept) @ spin
    sizes = rng.gamma(6.0, 0.058, len(centres)) + 0.08
    added = dots(patch, centres, sizes, _bright(rng, len(centres), plainness, 0.35), rng, 0.6)
    return Stroke(added, region(added, patch.spacing, VISIBLE, 2.2))


CALCIFICATIONS: dict[str, Callable[[np.random.Generator, Patch, float, float], Stroke]] = {
    "coarse": coarse,
    "pleomorphic": pleomorphic,
    "popcorn": popcorn,
    "vascular": vascular,
}


def _bright(rng: np.random.Generator, count: int, plainness: float, spread: float) -> Points:
    level = 0.30 + 0.45 * plainness
    return np.asarray(level * np.clip(rng.normal(1, spread, count), 0.35, 1.6))


def _spread(rng: np.random.Generator, count: int, radius: float, apart: float) -> Points:
    """Points in a disc that keep a distance from one another."""
    points: list[NDArray[np.float64]] = []
    for _ in range(count * 12):
        point = rng.uniform(-0.9, 0.9, 2) * radius
        free = all(np.hypot(*(point - other)) > apart for other in points)
        if np.hypot(*point) < 0.95 * radius and free and len(points) < count:
            points.append(point)
    return np.array(points)


def _stretches(rng: np.random.Generator, steps: int) -> NDArray[np.bool_]:
    """Present for long stretches, absent for short ones."""
    wave = np.convolve(rng.standard_normal(steps + 8), np.ones(9) / 3, mode="valid")
    kept = wave > -0.8
    kept[steps // 2] = True
    return np.asarray(kept)
