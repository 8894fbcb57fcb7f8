"""Attention over image tokens, registered so that a saved model reloads in safe mode.

This module imports keras: import it inside functions only.
"""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from core.models.layers import PACKAGE, FreezableDropout


@keras.saving.register_keras_serializable(package=PACKAGE)
class SineCosinePositions(keras.layers.Layer):
    """Tells tokens on a grid where they are; fixed, so that any image size will do.

    Half of the channels speak of rows, half of columns (Beyer et al. 2022, arXiv:2205.01580).
    """

    def build(self, input_shape: Any) -> None:
        _, rows, columns, width = input_shape
        if width % 4:
            raise ValueError(f"The token width is a multiple of 4. Received: {width}.")
        self._table = _sine_cosine(rows, columns, width)

    def call(self, inputs: Any) -> Any:
        return inputs + ops.cast(self._table, inputs.dtype)


def _sine_cosine(rows: int, columns: int, width: int) -> NDArray[np.float32]:
    frequencies = 1.0 / 10_000 ** (np.arange(width // 4) / max(1, width // 4 - 1))
    down = np.arange(rows)[:, None, None] * frequencies
    across = np.arange(columns)[None, :, None] * frequencies
    waves = [np.sin(down), np.cos(down), np.sin(across), np.cos(across)]
    spread = [np.broadcast_to(wave, (rows, columns, width // 4)) for wave in waves]
    return np.concatenate(spread, axis=-1).astype(np.float32)


@keras.saving.register_keras_serializable(package=PACKAGE)
class WindowAttention(keras.layers.Layer):
    """Multi-head attention among the tokens of a window, with learned relative positions.

    `block` windows are neighbourhoods; `grid` windows are spread evenly over the image
    (Tu et al. 2022, arXiv:2204.01697). `window` is rows and columns.
    """

    def __init__(
        self, window: tuple[int, int], heads: int, kind: Literal["block", "grid"], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.window, self.heads, self.kind = (window[0], window[1]), heads, kind

    def build(self, input_shape: Any) -> None:
        width = input_shape[-1]
        self.mix = keras.layers.Dense(3 * width, name="mix", dtype=self.dtype_policy)
        self.project = keras.layers.Dense(width, name="project", dtype=self.dtype_policy)
        self.mix.build((None, width))
        self.project.build((None, width))
        rows, columns = self.window
        self.bias = self.add_weight(
            name="relative_position",
            shape=((2 * rows - 1) * (2 * columns - 1), self.heads),
            initializer=keras.initializers.TruncatedNormal(stddev=0.02),
        )
        self._pairs = _relative_pairs(rows, columns)

    def call(self, inputs: Any) -> Any:
        channels = inputs.shape[-1]
        tokens = self._gather(inputs)
        count, depth = self.window[0] * self.window[1], channels // self.heads
        parts = ops.reshape(self.mix(tokens), (-1, count, 3, self.heads, depth))
        query, key, value = (parts[:, :, number] for number in range(3))
        bias = ops.transpose(ops.take(self.bias, self._pairs, axis=0), (2, 0, 1))
        scores = ops.einsum("bqhd,bkhd->bhqk", query, key) / depth**0.5
        weights = ops.softmax(scores + ops.cast(bias, scores.dtype))
        mixed = ops.einsum("bhqk,bkhd->bqhd", weights, value)
        return self._scatter(self.project(ops.reshape(mixed, (-1, count, channels))), inputs.shape)

    def _gather(self, inputs: Any) -> Any:
        """From the image to windows × tokens × channels."""
        _, height, width, channels = inputs.shape
        rows, columns = self.window
        if self.kind == "block":
            shape = (-1, height // rows, rows, width // columns, columns, channels)
            order = (0, 1, 3, 2, 4, 5)
        else:
            shape = (-1, rows, height // rows, columns, width // columns, channels)
            order = (0, 2, 4, 1, 3, 5)
        split = ops.transpose(ops.reshape(inputs, shape), order)
        return ops.reshape(split, (-1, rows * columns, channels))

    def _scatter(self, tokens: Any, image_shape: Any) -> Any:
        _, height, width, channels = image_shape
        rows, columns = self.window
        shape = (-1, height // rows, width // columns, rows, columns, channels)
        order = (0, 1, 3, 2, 4, 5) if self.kind == "block" else (0, 3, 1, 4, 2, 5)
        image = ops.transpose(ops.reshape(tokens, shape), order)
        return ops.reshape(image, (-1, height, width, channels))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        own = {"window": self.window, "heads": self.heads, "kind": self.kind}
        return {**super().get_config(), **own}


def _relative_pairs(rows: int, columns: int) -> NDArray[np.int32]:
    """For each pair of tokens, the entry of the table that belongs to their offset."""
    places = np.stack(np.meshgrid(range(rows), range(columns), indexing="ij"), -1).reshape(-1, 2)
    offset = places[:, None] - places[None] + [rows - 1, columns - 1]
    pairs: NDArray[np.int32] = (offset[..., 0] * (2 * columns - 1) + offset[..., 1]).astype(
        np.int32
    )
    return pairs


def residual(x: Any, change: Any, drop: float, name: str) -> Any:
    """Adds a branch to its input; in training the branch is left out with chance `drop`."""
    if drop:
        shape = (None,) + (1,) * (len(change.shape) - 1)
        change = FreezableDropout(drop, noise_shape=shape, name=f"{name}_drop")(change)
    return keras.layers.Add(name=f"{name}_add")([x, change])


def feed_forward(x: Any, drop: float, name: str) -> Any:
    """The second half of every transformer block."""
    width = x.shape[-1]
    y = keras.layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm")(x)
    y = keras.layers.Dense(4 * width, activation="gelu", name=f"{name}_widen")(y)
    y = keras.layers.Dense(width, name=f"{name}_narrow")(y)
    return residual(x, y, drop, name)
