"""The layers Keras lacks, registered so that a saved model reloads in safe mode.

This module imports keras: import it inside functions only.
"""

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

PACKAGE = "mammolens"


@keras.saving.register_keras_serializable(package=PACKAGE)
class FreezableDropout(keras.layers.Dropout):
    """Dropout that rests when it is not trainable, as batch normalisation does.

    Keras leaves dropout on in frozen layers, so their features would still be noisy.
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        return super().call(inputs, training=training and self.trainable)


@keras.saving.register_keras_serializable(package=PACKAGE)
class GeneralisedMeanPooling(keras.layers.Layer):
    """Between average (power 1) and maximum pooling (power ∞); the power is learned."""

    def __init__(self, power: float = 3.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initial_power = power

    def build(self, input_shape: Any) -> None:
        start = keras.initializers.Constant(self.initial_power)
        self.power = self.add_weight(name="power", shape=(), initializer=start)

    def call(self, inputs: Any) -> Any:
        # Powers need positive numbers and more range than half precision has.
        power = ops.cast(self.power, "float32")
        raised = ops.power(ops.maximum(ops.cast(inputs, "float32"), 1e-6), power)
        pooled = ops.power(ops.mean(raised, axis=(1, 2)), 1.0 / power)
        return ops.cast(pooled, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "power": self.initial_power}


@keras.saving.register_keras_serializable(package=PACKAGE)
class AreaResampling(keras.layers.Layer):
    """Feature maps on another grid, each cell the mean of the area it covers.

    The mean over the whole map stays what it was, also between grids that do not divide
    each other, so average pooling after it gives the same features as before it.
    """

    def __init__(self, height: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.height, self.width = height, width

    def build(self, input_shape: Any) -> None:
        self._down = _area_weights(input_shape[1], self.height)
        self._across = _area_weights(input_shape[2], self.width)

    def call(self, inputs: Any) -> Any:
        down = ops.cast(self._down, inputs.dtype)
        across = ops.cast(self._across, inputs.dtype)
        return ops.einsum("hi,wj,bijc->bhwc", down, across, inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], self.height, self.width, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "height": self.height, "width": self.width}


@keras.saving.register_keras_serializable(package=PACKAGE)
class FoldViews(keras.layers.Layer):
    """Patients × views become one long batch, so that one network reads every view."""

    def call(self, inputs: Any) -> Any:
        return ops.reshape(inputs, (-1, *inputs.shape[2:]))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (None, *input_shape[2:])


@keras.saving.register_keras_serializable(package=PACKAGE)
class UnfoldViews(keras.layers.Layer):
    """The long batch becomes patients × views again."""

    def __init__(self, slots: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slots = slots

    def call(self, inputs: Any) -> Any:
        return ops.reshape(inputs, (-1, self.slots, *inputs.shape[1:]))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (None, self.slots, *input_shape[1:])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "slots": self.slots}


@keras.saving.register_keras_serializable(package=PACKAGE)
class ForEachBreast(keras.layers.Layer):
    """The same sequence twice, once to be read for each breast."""

    def call(self, inputs: Any) -> Any:
        return ops.stack([inputs, inputs], axis=1)


@keras.saving.register_keras_serializable(package=PACKAGE)
class ViewsOfEachBreast(keras.layers.Layer):
    """True where a slot holds a view of the breast; a view of unknown side counts for both."""

    def call(self, present: Any, sides: Any) -> Any:
        unknown = ops.equal(sides, 0)
        belongs = [ops.logical_or(ops.equal(sides, code), unknown) for code in (1, 2)]
        return ops.logical_and(ops.cast(present, "bool")[:, None], ops.stack(belongs, axis=1))


@keras.saving.register_keras_serializable(package=PACKAGE)
class EitherBreast(keras.layers.Layer):
    """The chance that at least one breast is positive; a breast without a view is left out."""

    def call(self, breasts: Any, views: Any) -> Any:
        seen = ops.cast(ops.any(views, axis=-1), breasts.dtype)
        return 1.0 - ops.prod(1.0 - breasts * seen, axis=1, keepdims=True)


def _area_weights(cells: int, into: int) -> NDArray[np.float32]:
    """Row r holds the share of each old cell in new cell r."""
    step = cells / into
    start = np.arange(into)[:, None] * step
    old = np.arange(cells)[None]
    overlap = np.minimum(start + step, old + 1) - np.maximum(start, old)
    return np.asarray(np.clip(overlap, 0, None) / step, np.float32)
