"""Random changes to images on the device, inside the step.

All geometry is one affine map and one bilinear resampling, written in `keras.ops`:
Keras's own layers resample once each, do not compile under XLA on TensorFlow and differ
between backends. This module imports keras: import it inside functions only.
"""

from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from core.domain.training import Augmentation
from core.training.draws import TILE


def apply(images: Any, draws: dict[str, Any], config: Augmentation, tile: Any) -> Any:
    """`images` is (batch, height, width, 1) float32 in [0, 1], and so is the result."""
    if "affine" in draws or "elastic" in draws:
        images = _resample(images, *_sources(images, draws), config.fill)
    if "tone" in draws:
        images = _tone(images, draws["tone"])
    if "noise" in draws:
        window = _window(tile, draws["noise"], images.shape[1], images.shape[2])
        images = images + config.noise * window
    return ops.clip(images, 0.0, 1.0) if {"tone", "noise"} & set(draws) else images


def _sources(images: Any, draws: dict[str, Any]) -> tuple[Any, Any]:
    """Where each pixel comes from: x and y of (batch, height, width)."""
    _, height, width, _ = images.shape
    x = ops.reshape(ops.arange(width, dtype="float32"), (1, 1, width))
    y = ops.reshape(ops.arange(height, dtype="float32"), (1, height, 1))
    if "affine" in draws:
        a, b, c, d, e, f = (ops.reshape(draws["affine"][:, k], (-1, 1, 1)) for k in range(6))
        x, y = a * x + (b * y + c), d * x + (e * y + f)
    if "elastic" in draws:
        grid = draws["elastic"]
        down = ops.convert_to_tensor(spline(height, grid.shape[2]))
        across = ops.convert_to_tensor(spline(width, grid.shape[3]).T)
        moved = ops.matmul(ops.matmul(down, grid), across)
        x, y = x + moved[:, 0], y + moved[:, 1]
    return x, y


def _resample(images: Any, x: Any, y: Any, fill: str) -> Any:
    batch, height, width, _ = images.shape
    inside = (x > -1.0) & (x < float(width)) & (y > -1.0) & (y < float(height))
    x, y = ops.clip(x, 0.0, width - 1.0), ops.clip(y, 0.0, height - 1.0)
    left = ops.minimum(ops.floor(x), width - 2.0)
    top = ops.minimum(ops.floor(y), height - 2.0)
    first = ops.reshape(ops.arange(batch, dtype="int32") * (height * width), (-1, 1, 1))
    place = first + ops.cast(top, "int32") * width + ops.cast(left, "int32")
    flat = ops.reshape(images, (-1,))
    across, down = x - left, y - top
    near, far = _row(flat, place, across), _row(flat, place + width, across)
    value = near + (far - near) * down
    if fill == "zero":
        value = ops.where(inside, value, 0.0)
    return ops.expand_dims(value, -1)


def _row(flat: Any, place: Any, across: Any) -> Any:
    here = ops.take(flat, place)
    return here + (ops.take(flat, place + 1) - here) * across


def _tone(images: Any, tone: Any) -> Any:
    added, contrast, exponent = (ops.reshape(tone[:, k], (-1, 1, 1, 1)) for k in range(3))
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    changed = ops.clip((images - mean) * contrast + mean + added, 0.0, 1.0)
    # The root of zero has no finite slope, and rounding below it no value.
    return ops.power(ops.maximum(changed, 1e-6), exponent)


def _window(tile: Any, noise: Any, height: int, width: int) -> Any:
    row, column, sign = (ops.reshape(noise[:, k], (-1, 1, 1)) for k in range(3))
    down = ops.reshape(ops.arange(height, dtype="int32"), (1, height, 1))
    across = ops.reshape(ops.arange(width, dtype="int32"), (1, 1, width))
    place = ops.mod(row + down, TILE) * TILE + ops.mod(column + across, TILE)
    values = ops.take(ops.reshape(tile, (-1,)), place) * ops.cast(sign, "float32")
    return ops.expand_dims(values, -1)


def spline(length: int, knots: int) -> NDArray[np.float32]:
    """Weights (length, knots) of a smooth curve through `knots` evenly spaced values."""
    place = np.linspace(0, knots - 1, length)[:, None]
    distance = np.abs(place - np.arange(knots)[None])
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    weights = np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))
    # Beyond the outermost knots there is nothing: what is left counts for all.
    scaled: NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return scaled
