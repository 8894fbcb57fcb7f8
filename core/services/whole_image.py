"""A patch model put to a whole mammogram: a map of its classes, and its most suspicious place.

The image is brought to the scale at which patches were cut and every tile is asked, at
half a patch's distance. Nothing is trained again.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.card import ModelCard
from core.domain.images import Mammogram, Pixels
from core.errors import ConfigError
from core.models.patch_to_whole import ClassMap, class_map, deviation, is_exact, usual_stride
from core.preprocessing.frame import Frame
from core.preprocessing.patches import at_scale
from core.preprocessing.pipeline import from_stored, to_stored
from core.training.data import RunData
from core.training.rows import RowReader

METHOD = "class-map"
MOSAIC = 4  # patches a side
LEAST = 1e-7  # of a probability, so that its logarithm stays finite


def whole_frame(mammogram: Mammogram, card: ModelCard) -> Frame:
    """As patches were cut from it, with the values that storing would keep."""
    frame = at_scale(mammogram, card.preprocessing)
    return frame.with_pixels(from_stored(to_stored(frame.pixels, card.preprocessing.bits)))


def read(model: Any, frame: Frame, stride: int | None = None) -> ClassMap:
    """Tile by tile, unless one pass gives the same."""
    if is_exact(model):
        return class_map(model, frame.pixels, stride=stride, mode="fast")
    return class_map(model, frame.pixels, stride=stride)


def described(model_file: Path, image: Pixels) -> dict[str, Any]:
    """For its card: how it reads a whole image, and how far one pass over it would be off."""
    from core.models.loading import load_model

    model = load_model(model_file)
    known = {"mode": "fast" if is_exact(model) else "exact", "stride": usual_stride(model)}
    try:
        found = deviation(model, image)
    except ConfigError as fault:
        return {**known, "fast": str(fault)}
    return {**known, "fast": asdict(found), "measured_on": "patches side by side"}


def mosaic(data: RunData, rows: NDArray[np.int64]) -> Pixels:
    """Patches side by side, for want of the images that they were cut from."""
    with RowReader(data.dataset.images) as reader:
        tiles = reader.read(np.resize(rows, MOSAIC**2)).astype(np.float32)
    lines = (tiles / np.float32(data.dataset.scale)).reshape(MOSAIC, MOSAIC, *tiles.shape[1:])
    height, width = tiles.shape[1] * MOSAIC, tiles.shape[2] * MOSAIC
    return np.ascontiguousarray(lines.transpose(0, 2, 1, 3).reshape(height, width))


def logits_of(found: ClassMap, frame: Frame, card: ModelCard) -> NDArray[np.float32]:
    """(1, outputs) as the network gives them, of the place where most speaks for a finding."""
    names = [info.name for info in card.classes]
    positive = [names.index(name) for name in card.operating_point.positive]
    suspicion = np.where(_in_breast(found, frame), found.values[..., positive].sum(axis=-1), -1)
    shares = found.values[np.unravel_index(int(suspicion.argmax()), suspicion.shape)]
    logs = np.log(np.maximum(shares, LEAST))[None]
    return np.asarray(logs[:, 1:] - logs[:, :1] if logs.shape[1] == 2 else logs, np.float32)


def map_of(found: ClassMap, frame: Frame, place: int) -> NDArray[np.float32]:
    """How likely each pixel's surroundings are of the class, over the breast alone."""
    drawn = found.on_image(*frame.size)[..., place]
    return drawn if frame.mask is None else np.where(frame.mask, drawn, np.float32(0))


def _in_breast(found: ClassMap, frame: Frame) -> NDArray[np.bool_]:
    """Tiles whose middle shows tissue; all of them where no breast was looked for or found."""
    rows, columns = found.values.shape[:2]
    every = np.ones((rows, columns), bool)
    if frame.mask is None:
        return every
    down = np.arange(rows) * found.stride + found.patch[0] // 2
    across = np.arange(columns) * found.stride + found.patch[1] // 2
    inside = np.asarray(frame.mask[np.ix_(down, across)], bool)
    return inside if inside.any() else every
