"""Masses, distortions and asymmetries: what a finding does to the brightness around it."""

from collections.abc import Callable

import numpy as np

from core.phantom.lesions.patch import Mask, Patch, Stroke, outline_radius
from core.phantom.noise import Field, power_law, smoothstep

MARGIN = 0.10  # a pixel belongs to a mass when it adds this share of the mass's brightness


def circumscribed(
    rng: np.random.Generator, patch: Patch, radius: float, plainness: float
) -> Stroke:
    far = _relative(rng, patch, radius, (2, 5), 0.05, rng.uniform(0.05, 0.3))
    edge = 1 - smoothstep(far, 0.90, 1.06 + 0.10 * (1 - plainness))
    halo = np.exp(-(((far - 1.16) / 0.09) ** 2))
    body = _dome(far) * edge * (1 + 0.05 * _tissue(rng, patch))
    added = _density(plainness) * (body - 0.10 * halo)
    return Stroke(added, far < 1.0)


def obscured(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    """Part of the margin fades into the tissue around it."""
    far = _relative(rng, patch, radius, (2, 6), 0.07, rng.uniform(0.1, 0.35))
    angle = np.arctan2(patch.y, patch.x)
    turn = np.float32(rng.uniform(0, 2 * np.pi))
    hidden = (0.5 + 0.5 * np.cos(angle - turn)).astype(np.float32)
    edge = 1 - smoothstep(far, 0.9 - 0.35 * hidden, 1.07 + 0.25 * hidden)
    body = _dome(far) * edge * (1 + 0.07 * _tissue(rng, patch))
    return Stroke(_density(plainness) * body, far < 1.0)


def irregular(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    far = _relative(rng, patch, radius, (2, 14), 0.20, rng.uniform(0.1, 0.35))
    far += 0.13 * _tissue(rng, patch)
    edge = 1 - smoothstep(far, 0.55, 1.25)
    added = 1.1 * _density(plainness) * edge * (1 + 0.12 * _tissue(rng, patch))
    rays = _spicules(rng, patch, radius, plainness, 9, 0.3)
    return Stroke(added + rays, edge > MARGIN)


def spiculated(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    far = _relative(rng, patch, 0.72 * radius, (2, 12), 0.24, rng.uniform(0.0, 0.3))
    far += 0.10 * _tissue(rng, patch)
    edge = 1 - smoothstep(far, 0.6, 1.2)
    core = 1.15 * _density(plainness) * edge * (1 + 0.08 * _tissue(rng, patch))
    rays = _spicules(rng, patch, radius, plainness, int(rng.integers(14, 24)), 0.85)
    near = np.hypot(patch.x, patch.y) < 2.1 * radius
    return Stroke(core + rays, (edge > MARGIN) | ((rays > 0.35 * rays.max()) & near))


def distortion(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    """Lines drawn together to a point without a mass."""
    rays = _spicules(rng, patch, 0.8 * radius, plainness, int(rng.integers(14, 24)), 0.9)
    return Stroke(rays, _filled(rays, radius, patch))


def asymmetry(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    far = _relative(rng, patch, radius, (2, 7), 0.2, rng.uniform(0.15, 0.4))
    far += 0.2 * _tissue(rng, patch)
    edge = 1 - smoothstep(far, 0.1, 1.2)
    return Stroke(0.8 * _density(plainness) * edge * (1 + 0.2 * _tissue(rng, patch)), edge > 0.2)


def oil_cyst(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    """Fat inside a thin, partly calcified shell."""
    far = _relative(rng, patch, radius, (2, 4), 0.03, rng.uniform(0.0, 0.15))
    inside = 1 - smoothstep(far, 0.85, 1.0)
    shell_mm = rng.uniform(0.45, 0.8)
    shell = np.exp(-(((far - 0.95) * radius / shell_mm) ** 2))
    angle = np.arctan2(patch.y, patch.x)
    crust = 0.8 + 0.2 * np.cos(rng.integers(1, 4) * angle + np.float32(rng.uniform(0, 6.3)))
    bright = (0.22 + 0.42 * plainness) * shell * crust
    return Stroke(bright - (0.10 + 0.12 * plainness) * inside, far < 1.0)


def fatty(rng: np.random.Generator, patch: Patch, radius: float, plainness: float) -> Stroke:
    """Fat and some gland inside a capsule: a lipoma or hamartoma."""
    far = _relative(rng, patch, radius, (2, 4), 0.04, rng.uniform(0.1, 0.3))
    inside = 1 - smoothstep(far, 0.90, 1.02)
    capsule = np.exp(-(((far - 0.99) * radius / 0.8) ** 2))
    lumps = np.maximum(_tissue(rng, patch), 0)
    lucent = (0.13 + 0.16 * plainness) * inside
    added = (0.10 + 0.14 * plainness) * capsule + 0.5 * lucent * lumps * inside - lucent
    return Stroke(added, far < 1.02)


MASSES: dict[str, Callable[[np.random.Generator, Patch, float, float], Stroke]] = {
    "circumscribed": circumscribed,
    "obscured": obscured,
    "irregular": irregular,
    "spiculated": spiculated,
    "distortion": distortion,
    "asymmetry": asymmetry,
    "oil-cyst": oil_cyst,
    "fatty": fatty,
}


def _tissue(rng: np.random.Generator, patch: Patch) -> Field:
    """Unevenness of the same kind as in the tissue around."""
    return np.clip(power_law(rng, patch.x.shape, 3.0, 3.0), -2.5, 2.5)


def _density(plainness: float) -> float:
    return 0.15 + 0.32 * plainness


def _dome(far: Field) -> Field:
    return np.asarray(0.62 + 0.38 * np.sqrt(np.clip(1 - far**2, 0, 1)), dtype=np.float32)


def _relative(
    rng: np.random.Generator,
    patch: Patch,
    radius: float,
    lobes: tuple[int, int],
    roughness: float,
    oval: float,
) -> Field:
    """Distance from the centre, 1 on the margin."""
    angle = np.arctan2(patch.y, patch.x)
    margin = radius * outline_radius(rng, angle, lobes, roughness, oval)
    return np.asarray(np.hypot(patch.x, patch.y) / np.maximum(margin, 0.4 * radius))


def _spicules(
    rng: np.random.Generator,
    patch: Patch,
    radius: float,
    plainness: float,
    count: int,
    share: float,
) -> Field:
    """Fine, slightly bent rays that taper away from the centre."""
    rays = patch.blank()
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.normal(0, 3.0 / count, count)
    for turn in turns:
        direction = np.cos(turn), np.sin(turn)
        along = patch.x * np.float32(direction[0]) + patch.y * np.float32(direction[1])
        aside = patch.y * np.float32(direction[0]) - patch.x * np.float32(direction[1])
        length = np.float32(radius * rng.uniform(1.3, 2.5))
        t = np.clip(along / length, 0, 1)
        width = np.float32(rng.uniform(0.5, 0.95)) * (1.15 - t)
        bent = aside - np.float32(rng.normal(0, 0.16)) * along * t
        rise = np.clip(along / (0.35 * radius), 0, 1)
        rays = np.maximum(rays, np.exp(-((bent / width) ** 2)) * (1 - t) * rise)
    return np.asarray(share * _density(plainness) * rays, dtype=np.float32)


def _filled(rays: Field, radius: float, patch: Patch) -> Mask:
    return np.asarray(np.hypot(patch.x, patch.y) < radius) & (rays >= 0)
