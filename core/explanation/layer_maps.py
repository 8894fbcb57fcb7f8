"""Maps from the activations of one layer and the gradient of a class with respect to them.

The activations are computed once; only what follows the layer is differentiated; all of
it is compiled together, so a map costs little more than the prediction it comes with.
What a method makes of activations and gradient is its own affair.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.domain.explanation import Explain, Maps, Progress
from core.errors import ConfigError, InputError
from core.models.ensemble import parts_of
from core.models.split import split

if TYPE_CHECKING:
    import keras

LIKELIEST = -1
# (activations, gradient), both (N, h, w, channels) -> (N, h, w), before what is negative is cut.
Combine = Callable[[Any, Any], Any]


class Explanation(NamedTuple):
    """`maps` is N×h×w, at the layer's own size and scale, 0 where nothing speaks for the class.

    `networks` holds the logits of each of several networks, N×networks×outputs, weighted so
    that they add up to `logits`.
    """

    logits: NDArray[np.float32]
    maps: Maps
    networks: NDArray[np.float32]

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Of every class, uncalibrated; one logit means two classes."""
        full = self.logits
        if full.shape[1] == 1:
            full = np.concatenate([np.zeros_like(full), full], axis=1)
        powers = np.exp(full - full.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


class LayerExplainer:
    """Compiled once, at the first call; the score is a logit, which never saturates.

    With one output, the score of the negative class is the logit negated. Of several networks
    that answer together each is explained on its own logit of that class, and the maps are
    added as the logits are.
    """

    def __init__(self, model: "keras.Model", layer: str, combine: Combine) -> None:
        needs_tensorflow()
        self.layer = layer
        self._parts = [
            _Cut(*split(part.model, layer), part.weight, part.shift) for part in parts_of(model)
        ]
        first = self._parts[0]
        if len(first.trunk.outputs[0].shape) != 4:
            raise ConfigError(
                f"The layer {layer!r} has no maps to show: its output is "
                f"{first.trunk.outputs[0].shape}. Choose a layer with height, width and channels."
            )
        self._shape = tuple(model.inputs[0].shape[1:])
        self._classes = max(2, first.head.outputs[0].shape[-1])
        self._compiled = _compile(self._parts, self._shape, combine)
        self._tracing = threading.Lock()
        self._traced = False

    def __call__(self, batch: NDArray[np.float32], target: int | None = None) -> Explanation:
        """`target` is a class by its place; None stands for each image's likeliest one."""
        check(batch, target, self._shape, self._classes)
        place = np.int32(LIKELIEST if target is None else target)
        if not self._traced:
            with self._tracing:
                self._compiled(np.zeros((1, *self._shape), np.float32), place)
                self._traced = True
        found = self._compiled(np.asarray(batch, np.float32), place)
        return Explanation(*(one.numpy() for one in found))


class _Cut(NamedTuple):
    trunk: Any
    head: Any
    weight: float
    shift: tuple[float, ...]


def maker(combine: Combine) -> Callable[[Any, str], Explain]:
    """How a method that is a way to combine becomes one that can be chosen."""

    def make(model: Any, layer: str) -> Explain:
        explainer = LayerExplainer(model, layer, combine)

        def explain(
            batch: NDArray[np.float32], target: int, progress: Progress | None = None
        ) -> Maps:
            return explainer(batch, target).maps

        return explain

    return make


def needs_tensorflow() -> None:
    import keras

    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            f"Explanations are computed with TensorFlow. Received: {keras.backend.backend()}. "
            "Set KERAS_BACKEND=tensorflow to explain this model."
        )


def check(
    batch: NDArray[np.float32], target: int | None, shape: tuple[int | None, ...], classes: int
) -> None:
    if batch.ndim != 4 or not _fits(batch.shape[1:], shape):
        raise InputError(f"The model takes a batch of images of {shape}. Received: {batch.shape}.")
    if target is not None and not 0 <= target < classes:
        raise InputError(f"The model has classes 0 to {classes - 1}. Received: class {target}.")


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return all(e is None or s == e for s, e in zip(shape, expected, strict=True))


def _compile(parts: list[_Cut], shape: tuple[int, ...], combine: Combine) -> Any:
    import tensorflow as tf

    def explain(batch: Any, target: Any) -> tuple[Any, Any, Any]:
        edges = [tf.nest.flatten(part.trunk(batch, training=False)) for part in parts]
        with tf.GradientTape(watch_accessed_variables=False, persistent=len(parts) > 1) as tape:
            tape.watch([edge[0] for edge in edges])
            given = [_answer(part.head, edge) for part, edge in zip(parts, edges, strict=True)]
            pairs = zip(parts, given, strict=True)
            shares = [part.weight * one + tf.constant(part.shift) for part, one in pairs]
            together = tf.add_n(shares)
            chosen = _chosen(together, target)
            scores = [score_of(one, chosen) for one in given]
        maps = []
        for part, edge, score in zip(parts, edges, scores, strict=True):
            gradient = tf.cast(tape.gradient(score, edge[0]), tf.float32)
            drawn = tf.nn.relu(combine(tf.cast(edge[0], tf.float32), gradient))
            maps.append(part.weight * drawn)
        return together, tf.add_n(maps), tf.stack(shares, axis=1)

    signature = [tf.TensorSpec((None, *shape), tf.float32), tf.TensorSpec((), tf.int32)]
    return tf.function(explain, input_signature=signature, autograph=False)


def _answer(head: Any, edge: list[Any]) -> Any:
    return head(edge if len(edge) > 1 else edge[0], training=False)


def _chosen(logits: Any, target: Any) -> Any:
    """The target class, an entry an image; below zero stands for the likeliest."""
    import tensorflow as tf

    if logits.shape[-1] == 1:
        likeliest = tf.cast(logits[:, 0] > 0, tf.int32)
    else:
        likeliest = tf.argmax(logits, axis=-1, output_type=tf.int32)
    return tf.where(target < 0, likeliest, target)


def score_of(logits: Any, target: Any) -> Any:
    """The logit of the target class, an entry an image."""
    import tensorflow as tf

    chosen = _chosen(logits, target)
    if logits.shape[-1] == 1:
        return tf.cast(2 * chosen - 1, logits.dtype) * logits[:, 0]
    return tf.gather(logits, chosen, batch_dims=1)
