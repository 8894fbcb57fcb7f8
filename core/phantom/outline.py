"""The breast's outline in each view: skin, nipple, chest wall and pectoral muscle.

Everything is drawn with the chest wall at the left edge; right breasts are mirrored
when the picture is finished.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Side, View
from core.phantom.config import PhantomConfig, stream
from core.phantom.noise import Field, smoothstep

FIELD_OF_VIEW_MM = (200.0, 160.0)  # height, width of the detector
Profile = NDArray[np.floating]


@dataclass(frozen=True)
class Outline:
    """Lengths in millimetres; `axis` is the unit vector (x, y) from the nipple inwards."""

    breast: NDArray[np.bool_]
    skin_distance: Field  # how far inside the skin
    muscle: Field  # 0 to 1
    nipple: tuple[float, float]
    axis: tuple[float, float]
    depth: float
    reach: float  # half the height of the breast
    spacing: float

    @property
    def across(self) -> tuple[float, float]:
        """Upwards in the picture: towards lateral in CC, towards the head in MLO."""
        return -self.axis[1], self.axis[0]

    def pixel(self, depth: float, across: float) -> tuple[float, float]:
        """Pixel x, y of a place given in shares of the breast's depth and reach."""
        along, aside = depth * self.depth, across * self.reach
        x = self.nipple[0] + self.axis[0] * along + self.across[0] * aside
        y = self.nipple[1] + self.axis[1] * along + self.across[1] * aside
        return x / self.spacing, y / self.spacing

    def places(self, step: int) -> tuple[Field, Field]:
        """Depth and across of every `step`th pixel, the inverse of `pixel`."""
        rows, columns = self.breast.shape
        y, x = np.mgrid[0:rows:step, 0:columns:step].astype(np.float32) * np.float32(self.spacing)
        x -= np.float32(self.nipple[0])
        y -= np.float32(self.nipple[1])
        depth = (x * self.axis[0] + y * self.axis[1]) / self.depth
        across = (x * self.across[0] + y * self.across[1]) / self.reach
        return depth.astype(np.float32), across.astype(np.float32)


@dataclass(frozen=True)
class Build:
    """What a breast measures; the other side differs by a few percent."""

    depth: float
    reach: float
    bluntness: float
    tilt: float  # of the nipple's axis in MLO, radians
    axilla: float  # width of the breast at the top of an MLO
    muscle_top: float
    muscle_length: float
    folds: bool


def build(config: PhantomConfig, index: int, side: Side) -> Build:
    rng = stream(config.seed, index, "build")
    size_factor = float(np.clip(rng.lognormal(0, 0.2), 0.65, 1.45))
    common = rng.uniform(size=5)
    own = stream(config.seed, index, "build", side).normal(1, 0.035, size=4)
    depth = float(np.clip(88 * size_factor * own[0], 48, 128))
    return Build(
        depth=depth,
        reach=float(np.clip(80 * size_factor**0.7 * own[1], 52, 98)),
        bluntness=1.75 + 0.7 * float(common[0]),
        tilt=float(np.deg2rad(8 + 16 * common[1]) * own[2]),
        axilla=float(np.clip(depth * (0.55 + 0.35 * common[2]), 38, 95)),
        muscle_top=float(np.clip((34 + 36 * common[3]) * own[3], 26, 75)),
        muscle_length=float(82 + 68 * common[4]),
        folds=bool(rng.random() < 0.2),
    )


def outline(config: PhantomConfig, index: int, side: Side, view: View) -> Outline:
    shape = build(config, index, side)
    rng = stream(config.seed, index, "outline", side, view)
    rows, columns = detector(config.height)
    spacing = FIELD_OF_VIEW_MM[0] / rows
    y = (np.arange(rows) + 0.5) * spacing
    if view is View.CC:
        profile, nipple_y = _craniocaudal(rng, shape, y)
        axis = (-1.0, 0.0)
    else:
        profile, nipple_y = _oblique(rng, shape, y)
        axis = (-float(np.cos(shape.tilt)), -float(np.sin(shape.tilt)))
    profile = profile + _wobble(rng, y) * np.clip(profile / 8, 0, 1)
    nipple_x = float(np.interp(nipple_y, y, profile))
    profile = profile + _nipple(rng, y, nipple_y)
    x = (np.arange(columns, dtype=np.float32) + np.float32(0.5)) * np.float32(spacing)
    breast = x[None, :] < profile.astype(np.float32)[:, None]
    muscle = _muscle(rng, shape, view, x, y) * breast
    return Outline(
        breast=breast,
        skin_distance=_skin_distance(breast, spacing),
        muscle=muscle.astype(np.float32),
        nipple=(nipple_x, nipple_y),
        axis=axis,
        depth=nipple_x / -axis[0],
        reach=shape.reach,
        spacing=spacing,
    )


def detector(height: int) -> tuple[int, int]:
    return height, round(height * FIELD_OF_VIEW_MM[1] / FIELD_OF_VIEW_MM[0])


def _dome(t: Profile, bluntness: float) -> Profile:
    """1 at the nipple (t = 0), falling to 0 at the chest wall (t = 1)."""
    return np.asarray((1 - np.clip(np.abs(t), 0, 1) ** bluntness) ** (1 / 1.9))


def _craniocaudal(rng: np.random.Generator, shape: Build, y: Profile) -> tuple[Profile, float]:
    nipple_y = float(FIELD_OF_VIEW_MM[0] / 2 + rng.normal(0, 8))
    lift = rng.normal(0, 0.07)
    t = (y - nipple_y) / shape.reach
    t = np.where(t < 0, t / (1 + lift), t / (1 - lift))
    profile = shape.depth * _dome(t, shape.bluntness)
    if shape.folds:
        profile = np.maximum(profile, _flap(rng, y, nipple_y, shape.reach * 0.97))
    return profile, nipple_y


def _oblique(rng: np.random.Generator, shape: Build, y: Profile) -> tuple[Profile, float]:
    nipple_y = float(106 + rng.normal(0, 8))
    depth = shape.depth * float(rng.normal(1.02, 0.03))
    upper = np.clip(y / nipple_y, 0, 1)
    rise = np.sin(np.pi / 2 * upper ** rng.uniform(1.25, 1.9))
    above = shape.axilla + (depth - shape.axilla) * rise
    below_reach = shape.reach * rng.uniform(0.78, 0.95)
    below = depth * _dome((y - nipple_y) / below_reach, shape.bluntness + 0.2)
    profile = np.where(y < nipple_y, above, below)
    return np.maximum(profile, _flap(rng, y, nipple_y, below_reach * 0.96)), nipple_y


def _flap(rng: np.random.Generator, y: Profile, nipple_y: float, reach: float) -> Profile:
    """Skin of the belly or of the other breast that slipped into the picture."""
    half = rng.uniform(18, 40)
    middle = nipple_y + reach + half
    bulge = np.sqrt(np.clip(1 - ((y - middle) / half) ** 2, 0, 1))
    return np.asarray(rng.uniform(5, 15) * bulge)


def _wobble(rng: np.random.Generator, y: Profile) -> Profile:
    waves = [
        rng.normal(0, 0.7 / n) * np.sin(2 * np.pi * (n * y / 110 + rng.random())) for n in (1, 2, 3)
    ]
    return np.asarray(np.sum(waves, axis=0))


def _nipple(rng: np.random.Generator, y: Profile, nipple_y: float) -> Profile:
    height, width = rng.uniform(0.5, 5.5), rng.uniform(2.6, 4.2)
    return np.asarray(height * np.exp(-((np.abs(y - nipple_y) / width) ** 3)))


def _muscle(rng: np.random.Generator, shape: Build, view: View, x: Field, y: Profile) -> Field:
    if view is View.MLO:
        down = np.clip(y / shape.muscle_length, 0, 1)
        edge = shape.muscle_top * (1 - down ** rng.uniform(0.9, 1.45))
        edge = np.where(y < shape.muscle_length, edge, -9)
    elif rng.random() < 0.3:
        edge = 12 * np.exp(-(((y - 100 - rng.normal(0, 15)) / rng.uniform(20, 45)) ** 2)) - 4
    else:
        return np.zeros((y.size, x.size), np.float32)
    # The muscle thins out towards its lower end, where its edge is lost in the breast.
    thickness = 1 - 0.6 * np.clip(y / shape.muscle_length, 0, 1) ** 2
    softness = (rng.uniform(0.5, 1.2) + 2.0 * (1 - thickness)).astype(np.float32)[:, None]
    inside = (edge.astype(np.float32)[:, None] - x[None, :]) / softness
    return np.asarray(smoothstep(inside, -1, 1) * thickness[:, None], dtype=np.float32)


def _skin_distance(breast: NDArray[np.bool_], spacing: float) -> Field:
    distance = cv2.distanceTransform(breast.astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(cv2.GaussianBlur(distance, (0, 0), 0.8) * spacing, dtype=np.float32)
