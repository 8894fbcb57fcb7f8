"""Maps without gradients: each kind of pattern is let through alone, and the answer noted.

Wang et al. 2019, arXiv:1910.01279. A pattern counts by how much probability it brings over
a black image, so a class for which nothing speaks has an empty map.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.explanation import Explain, Maps, Progress
from core.domain.models import LOGITS
from core.explanation.layer_maps import check, needs_tensorflow
from core.models.ensemble import parts_of
from core.models.split import split

AT_ONCE = 16
LEAST = 1e-6  # of probability; less is rounding
Batch = NDArray[np.float32]


def maker(most: int | None = None, *, over_black: bool = True) -> Callable[[Any, str], Explain]:
    """`most` patterns, those that vary most over the image; None: all of them.

    Each of several networks has patterns of its own: they are asked one by one, and their
    maps, which are of probabilities, count alike.
    """

    def make(model: Any, layer: str) -> Explain:
        needs_tensorflow()
        return _mean([alone(part.model, layer) for part in parts_of(model)])

    def alone(model: Any, layer: str) -> Explain:
        trunk, _ = split(model, layer)
        answer, patterns = _compiled(model, trunk)
        shape = tuple(model.inputs[0].shape[1:])
        classes = max(2, model.get_layer(LOGITS).output.shape[-1])

        def explain(batch: Batch, target: int, progress: Progress | None = None) -> Maps:
            check(batch, target, shape, classes)
            say = progress or (lambda share: None)
            maps = []
            for number, image in enumerate(batch):
                floor = answer(np.zeros_like(image)[None])[0, target] if over_black else 0.0
                found = _strongest(patterns(image[None])[0], most)

                def tell(share: float, number: int = number) -> None:
                    say((number + share) / len(batch))

                gains = _gains(answer, image, found, target, tell) - floor
                maps.append(np.maximum(found @ np.where(gains > LEAST, gains, 0), 0))
            return np.asarray(maps, np.float32)

        return explain

    return make


def _mean(each: list[Explain]) -> Explain:
    def explain(batch: Batch, target: int, progress: Progress | None = None) -> Maps:
        say = progress or (lambda share: None)

        def draw(number: int) -> Maps:
            return each[number](batch, target, lambda share: say((number + share) / len(each)))

        return np.asarray(np.mean([draw(number) for number in range(len(each))], axis=0))

    return each[0] if len(each) == 1 else explain


def _compiled(model: Any, trunk: Any) -> tuple[Callable[[Batch], Batch], Callable[[Batch], Batch]]:
    import keras
    import tensorflow as tf

    logits = keras.Model(model.input, model.get_layer(LOGITS).output)
    shape = (None, *model.inputs[0].shape[1:])
    signature = [tf.TensorSpec(shape, tf.float32)]

    def shares(batch: Any) -> Any:
        given = tf.cast(logits(batch, training=False), tf.float32)
        if given.shape[-1] == 1:
            # One output alone says nothing to a softmax: the other class is its zero.
            given = tf.concat([tf.zeros_like(given), given], axis=1)
        return tf.nn.softmax(given)

    def activations(batch: Any) -> Any:
        return tf.cast(tf.nest.flatten(trunk(batch, training=False))[0], tf.float32)

    both = (
        tf.function(f, input_signature=signature, autograph=False) for f in (shares, activations)
    )
    answer, patterns = ((lambda batch, f=f: f(batch).numpy()) for f in both)
    return answer, patterns


def _strongest(patterns: Batch, most: int | None) -> Batch:
    if most is None or most >= patterns.shape[-1]:
        return patterns
    spread = patterns.std(axis=(0, 1))
    return patterns[..., np.sort(np.argsort(-spread, kind="stable")[:most])]


def _gains(
    answer: Callable[[Batch], Batch], image: Batch, patterns: Batch, target: int, tell: Progress
) -> NDArray[np.float32]:
    count = patterns.shape[-1]
    gains = np.zeros(count, np.float32)
    for start in range(0, count, AT_ONCE):
        masks = _windows(patterns[..., start : start + AT_ONCE], image.shape[:2])
        gains[start : start + AT_ONCE] = answer(image[None] * masks[..., None])[:, target]
        tell(min(1.0, (start + AT_ONCE) / count))
    return gains


def _windows(patterns: Batch, size: tuple[int, int]) -> Batch:
    """(channels, H, W) in [0, 1], interpolated so that corners meet corners."""
    down, across = (_stretch(n, m) for n, m in zip(patterns.shape[:2], size, strict=True))
    full = np.einsum("Hh,hwc,Ww->cHW", down, patterns, across, optimize=True)
    low = full.min(axis=(1, 2), keepdims=True)
    spread = full.max(axis=(1, 2), keepdims=True) - low
    return np.asarray((full - low) / (spread + 1e-7), np.float32)


def _stretch(before: int, after: int) -> Batch:
    places = np.linspace(0, before - 1, after)
    return np.stack([np.interp(places, range(before), row) for row in np.eye(before)], 1).astype(
        np.float32
    )
