"""A patch classifier rebuilt so that it reads images of any size, with the weights it has.

Pooling over the whole patch becomes pooling over a window of the patch's size, and
dense layers become convolutions, so that one pass answers for every position.
"""

import math
from typing import Any

from core.errors import ConfigError
from core.models.transfer import copy_weights

# Layers that do the same at every place, whatever the image's size.
RESTING = frozenset({"Dropout", "FreezableDropout"})
LOCAL = RESTING | {
    "Activation",
    "Add",
    "AveragePooling2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "DepthwiseConv2D",
    "LayerNormalization",
    "MaxPooling2D",
    "Multiply",
    "Normalization",
    "PReLU",
    "LeakyReLU",
    "ReLU",
    "Rescaling",
    "SeparableConv2D",
    "ZeroPadding2D",
}
WINDOWS = {"GlobalAveragePooling2D": "AveragePooling2D", "GlobalMaxPooling2D": "MaxPooling2D"}


def convert(patch_model: Any, size: tuple[int | None, int | None] = (None, None)) -> Any:
    """The whole-image model: `size` in, any unless it is given, `probability` everywhere out."""
    import keras

    maps: dict[int, Any] = {}
    flattened: dict[int, tuple[int, ...]] = {}
    inputs = keras.Input((*size, 1), name="image")
    for operation in patch_model.operations:
        if isinstance(operation, keras.layers.InputLayer):
            maps[id(operation.output)] = inputs
            continue
        sources = keras.tree.flatten(operation.input)
        given = [maps[id(source)] for source in sources]
        window = flattened.get(id(sources[0]))
        if type(operation).__name__ == "Flatten":
            window = sources[0].shape[1:]
        maps[id(operation.output)] = _local(operation, given, window, sources[0].shape)
        if window and type(operation).__name__ != "Dense":
            flattened[id(operation.output)] = window
    return keras.Model(inputs, maps[id(patch_model.output)], name="whole_image")


def _local(operation: Any, given: list[Any], window: Any, shape: Any) -> Any:
    """`window` is the patch's height and width where it was flattened, else None."""
    from keras import layers

    kind = type(operation).__name__
    if kind == "Flatten":
        return given[0]
    if kind == "Dense":
        return _convolution(operation, given[0], window[:2] if window else (1, 1))
    if kind not in (RESTING if window else LOCAL | set(WINDOWS)):
        raise _refused(operation)
    if kind in WINDOWS:
        if operation.keepdims:
            raise _refused(operation)
        pooling = getattr(layers, WINDOWS[kind])
        return pooling(tuple(shape[1:3]), strides=1, name=operation.name)(given[0])
    return _again(operation, given)


def _again(layer: Any, given: list[Any]) -> Any:
    """A copy, not the layer itself: a layer in two graphs cannot be taken apart again."""
    copy = type(layer).from_config(layer.get_config())
    result = copy(given if len(given) > 1 else given[0])
    copy_weights(layer, copy)
    return result


def _convolution(dense: Any, given: Any, window: tuple[int, ...]) -> Any:
    from keras import layers

    settings = dense.get_config()
    convolution = layers.Conv2D(
        dense.units,
        window,
        activation=settings["activation"],
        use_bias=dense.use_bias,
        dtype=settings["dtype"],
        name=dense.name,
    )
    result = convolution(given)
    kernel, *bias = dense.get_weights()
    convolution.set_weights([kernel.reshape(convolution.kernel.shape), *bias])
    return result


def _refused(operation: Any) -> ConfigError:
    return ConfigError(
        f"A network with {type(operation).__name__} (layer {operation.name}) looks at the whole "
        "patch at once and cannot be made fully convolutional. Use the exact mode, tile by tile."
    )


def stride_of(model: Any) -> tuple[int, int]:
    """How many pixels apart two neighbouring outputs of a whole-image model look."""
    import keras

    steps: dict[int, tuple[int, int]] = {id(model.inputs[0]): (1, 1)}
    for operation in model.operations:
        if isinstance(operation, keras.layers.InputLayer):
            continue
        before = [steps[id(source)] for source in keras.tree.flatten(operation.input)]
        own = getattr(operation, "strides", (1, 1))
        down, across = own if isinstance(own, tuple) else (own, own)
        tallest, widest = max(b[0] for b in before), max(b[1] for b in before)
        steps[id(operation.output)] = (tallest * down, widest * across)
    return steps[id(model.output)]


def is_exact(patch_model: Any) -> bool:
    """Whether no layer pads: only then does a place not know that a patch ends beside it."""
    padded = any(getattr(layer, "padding", "valid") != "valid" for layer in patch_model.layers)
    return not padded and math.prod(patch_model.output_shape[1:-1]) == 1
