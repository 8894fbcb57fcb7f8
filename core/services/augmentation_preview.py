"""How training would change an image: the same draws, the same code, a few examples."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.datasets.prepared import PreparedDataset
from core.domain.images import Pixels
from core.domain.training import Augmentation
from core.training.draws import draw, noise_tile
from core.training.recipe import RECIPES

NONE = "none"


def variants(pixels: Pixels, config: Augmentation, count: int, seed: int = 0) -> list[Pixels]:
    """`count` of the versions that an image could have in training."""
    from keras import ops

    from core.training.augmentation import apply

    height, width = pixels.shape
    batch = np.repeat(np.asarray(pixels, np.float32)[None, :, :, None], count, axis=0)
    drawn = draw(config, seed, np.arange(count, dtype=np.uint64), height, width)
    changed = apply(batch, drawn, config, noise_tile(seed))
    result = np.asarray(ops.convert_to_numpy(changed), np.float32)
    return [result[place, ..., 0] for place in range(count)]


def image(dataset: PreparedDataset, row: int) -> Pixels:
    """A prepared image as training reads it."""
    stored = np.asarray(dataset.images[row])
    return stored.astype(np.float32) / np.float32(dataset.scale)


def presets() -> dict[str, Augmentation]:
    """What each recipe asks for, by the recipe's name; `none` leaves images as they are."""
    made = {entry.name: _of(entry.load().settings) for entry in RECIPES}
    return {NONE: Augmentation(), **{name: one for name, one in made.items() if one.active}}


def _of(settings: dict[str, Any]) -> Augmentation:
    prefix = "augmentation."
    asked = {k.removeprefix(prefix): v for k, v in settings.items() if k.startswith(prefix)}
    return Augmentation(**asked)


def as_settings(config: Augmentation) -> dict[str, Any]:
    """Only what differs from doing nothing, as `train --set` takes it."""
    usual = Augmentation()
    return {
        f"augmentation.{name}": value
        for name, value in vars(config).items()
        if value != getattr(usual, name)
    }


def sheet(pictures: Sequence[Pixels], columns: int = 4) -> Pixels:
    """Side by side on one picture, the first being the image as it is."""
    height, width = pictures[0].shape
    lines = -(-len(pictures) // columns)
    canvas = np.zeros((lines * height, columns * width), np.float32)
    for place, one in enumerate(pictures):
        top, left = place // columns * height, place % columns * width
        canvas[top : top + height, left : left + width] = one
    return canvas
