"""How each image of a step is changed: drawn on the host, applied on the device.

The draws are small arrays, the same on every backend; `augmentation.apply` turns them
into pixels.
"""

import math

import numpy as np
from numpy.typing import NDArray

from core.domain.training import Augmentation
from core.training.randoms import Counters, between, generator, uniform

Draws = dict[str, NDArray[np.float32] | NDArray[np.int32]]

TILE = 512  # side of the square of noise that every image takes a window of

_STREAMS = {
    "flip": 0,
    "rotation": 1,
    "row": 2,
    "column": 3,
    "tall": 4,
    "wide": 5,
    "shear": 6,
    "brightness": 7,
    "contrast": 8,
    "gamma": 9,
    "noise_row": 10,
    "noise_column": 11,
    "noise_sign": 12,
    "elastic": 13,
    "upend": 14,
}


def draw(config: Augmentation, seed: int, counters: Counters, height: int, width: int) -> Draws:
    """One row for each counter; only what the configuration asks for is there."""
    draws: Draws = {}
    if config.geometric:
        draws["affine"] = _affine(config, seed, counters, height, width)
    if config.elastic:
        draws["elastic"] = _elastic(config, seed, counters)
    if config.brightness or config.contrast or config.gamma:
        draws["tone"] = _tone(config, seed, counters)
    if config.noise:
        draws["noise"] = _noise(seed, counters)
    return draws


def noise_tile(seed: int) -> NDArray[np.float32]:
    tile = generator(seed, _STREAMS["noise_row"]).standard_normal((TILE, TILE))
    return tile.astype(np.float32)


def _spread(name: str, amount: float, seed: int, counters: Counters) -> NDArray[np.float64]:
    return between(-amount, amount, seed, _STREAMS[name], counters)


def _mirror(name: str, wanted: bool, seed: int, counters: Counters) -> NDArray[np.float64]:
    turned = uniform(seed, _STREAMS[name], counters) < 0.5
    return np.where(turned & wanted, -1.0, 1.0)


def _affine(
    config: Augmentation, seed: int, counters: Counters, height: int, width: int
) -> NDArray[np.float32]:
    """Rows (a, b, c, d, e, f): the source of (x, y) is (ax + by + c, dx + ey + f)."""
    angle = np.radians(_spread("rotation", config.rotation, seed, counters))
    shear = _spread("shear", config.shear, seed, counters)
    tall = 1 + _spread("tall", config.zoom, seed, counters)
    wide = 1 + _spread("wide", config.zoom, seed, counters)
    wide = wide * _mirror("flip", config.flip, seed, counters)
    tall = tall * _mirror("upend", config.upend, seed, counters)
    a = wide * np.cos(angle)
    b = wide * (shear * np.cos(angle) - np.sin(angle))
    d = tall * np.sin(angle)
    e = tall * (shear * np.sin(angle) + np.cos(angle))
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    moved_x = _spread("column", config.shift * width, seed, counters)
    moved_y = _spread("row", config.shift * height, seed, counters)
    c = middle_x + moved_x - a * middle_x - b * middle_y
    f = middle_y + moved_y - d * middle_x - e * middle_y
    return np.stack([a, b, c, d, e, f], axis=1).astype(np.float32)


def _tone(config: Augmentation, seed: int, counters: Counters) -> NDArray[np.float32]:
    """Rows (added, contrast, exponent)."""
    added = _spread("brightness", config.brightness, seed, counters)
    contrast = 1 + _spread("contrast", config.contrast, seed, counters)
    # As likely to brighten as to darken: symmetric in the logarithm.
    exponent = np.exp(_spread("gamma", math.log1p(config.gamma), seed, counters))
    return np.stack([added, contrast, exponent], axis=1).astype(np.float32)


def _noise(seed: int, counters: Counters) -> NDArray[np.int32]:
    """Rows (row, column, sign) of the window into the tile of noise."""
    row = between(0, TILE, seed, _STREAMS["noise_row"], counters)
    column = between(0, TILE, seed, _STREAMS["noise_column"], counters)
    sign = np.where(uniform(seed, _STREAMS["noise_sign"], counters) < 0.5, -1, 1)
    return np.stack([row, column, sign], axis=1).astype(np.int32)


def _elastic(config: Augmentation, seed: int, counters: Counters) -> NDArray[np.float32]:
    """Displacements in pixels of a grid of control points, (images, 2, grid, grid)."""
    cells = 2 * config.elastic_grid**2
    places: Counters = np.asarray(counters, np.uint64)[:, None] * np.uint64(cells)
    places = (places + np.arange(cells, dtype=np.uint64)).astype(np.uint64)
    amount = _spread("elastic", config.elastic, seed, places)
    shape = (len(counters), 2, config.elastic_grid, config.elastic_grid)
    return amount.reshape(shape).astype(np.float32)
