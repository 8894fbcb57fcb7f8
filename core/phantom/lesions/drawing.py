"""Puts a finding where it belongs in a view and draws it there."""

from dataclasses import dataclass

import numpy as np

from core.domain.cases import Side, View
from core.phantom.config import PhantomConfig, stream
from core.phantom.lesions.calcifications import CALCIFICATIONS
from core.phantom.lesions.masses import MASSES
from core.phantom.lesions.patch import Mask, Patch
from core.phantom.noise import Field
from core.phantom.outline import Outline
from core.phantom.plan import Lesion
from core.phantom.tissue import place_in_view

DRAWERS = {**MASSES, **CALCIFICATIONS}
REACH = 2.6  # half the side of a patch, in radii
CLEARANCE_MM = 3.0


@dataclass(frozen=True)
class Drawing:
    """`added` and `mask` over the whole picture, left breast's orientation."""

    lesion: Lesion
    added: Field
    mask: Mask


def draw(
    config: PhantomConfig, index: int, side: Side, view: View, outline: Outline, lesion: Lesion
) -> Drawing:
    """The finding's shape is its own; each view sees it from another direction."""
    rng = stream(config.seed, index, "draw", side, view, lesion.key)
    x, y = _centre(outline, lesion, view)
    column, row = round(x), round(y)
    reach = REACH if lesion.sort.name in ("spiculated", "distortion", "irregular") else 1.45
    patch = Patch.around((x - column, y - row), reach * lesion.radius_mm, outline.spacing)
    stroke = DRAWERS[lesion.sort.name](rng, patch, lesion.radius_mm, lesion.plainness)
    added = np.zeros(outline.breast.shape, np.float32)
    mask = np.zeros(outline.breast.shape, bool)
    half = stroke.added.shape[0] // 2
    into, out_of = _overlap(added.shape, row - half, column - half, stroke.added.shape)
    added[into] = stroke.added[out_of]
    mask[into] = stroke.mask[out_of]
    return Drawing(lesion, added * outline.breast, mask & outline.breast)


def _centre(outline: Outline, lesion: Lesion, view: View) -> tuple[float, float]:
    """Moves a finding that would leave the breast or enter the muscle to the nearest free place."""
    depth, across = place_in_view(lesion.place, view)
    free = _free_places(outline, lesion.radius_mm + CLEARANCE_MM)
    x, y = outline.pixel(depth, across)
    rows, columns = np.nonzero(free)
    nearest = int(np.argmin((columns * STEP - x) ** 2 + (rows * STEP - y) ** 2))
    found = float(columns[nearest] * STEP), float(rows[nearest] * STEP)
    return (x, y) if np.hypot(found[0] - x, found[1] - y) < STEP else found


STEP = 4


def _free_places(outline: Outline, clearance: float) -> Mask:
    """Places this far from skin, muscle and picture edge; the roomiest if none is."""
    room = outline.skin_distance[::STEP, ::STEP].copy()
    rows, columns = room.shape
    y, x = np.mgrid[0:rows, 0:columns]
    edge = np.minimum(np.minimum(y, rows - 1 - y), np.minimum(x, columns - 1 - x))
    room = np.minimum(room, edge * STEP * outline.spacing)
    room[outline.muscle[::STEP, ::STEP] > 0.3] = 0
    return np.asarray(room >= min(clearance, float(room.max())))


def _overlap(
    shape: tuple[int, ...], top: int, left: int, part: tuple[int, ...]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Where a patch lies in the picture, and which of its pixels those are."""
    into, out_of = [], []
    for size, start, length in zip(shape, (top, left), part, strict=True):
        first, last = max(start, 0), min(start + length, size)
        into.append(slice(first, last))
        out_of.append(slice(first - start, last - start))
    return (into[0], into[1]), (out_of[0], out_of[1])
