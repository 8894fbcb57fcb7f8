"""How the score of a class changes with every pixel, in compiled portions."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.explanation import Explain, Maps, Progress
from core.domain.models import LOGITS
from core.explanation.layer_maps import check, needs_tensorflow, score_of

AT_ONCE = 8
Batch = NDArray[np.float32]
# Variants of one image to be asked about, and how their mean gradient becomes a map.
Variants = Callable[[Batch], Batch]
Finish = Callable[[Batch, Batch], Batch]


def maker(variants: Variants, finish: Finish) -> Callable[[Any, str], Explain]:
    """The mean gradient over variants of an image, made into a map of that image's size."""

    def make(model: Any, layer: str) -> Explain:
        needs_tensorflow()
        gradient = _compiled(model)
        shape = tuple(model.inputs[0].shape[1:])
        classes = max(2, model.get_layer(LOGITS).output.shape[-1])

        def explain(batch: Batch, target: int, progress: Progress | None = None) -> Maps:
            check(batch, target, shape, classes)
            say = progress or (lambda share: None)
            maps = []
            for number, image in enumerate(batch):
                asked = variants(image)
                total = np.zeros(image.shape, np.float64)
                for done, portion in _portions(asked):
                    total += gradient(portion, target).sum(axis=0)
                    say((number + done) / len(batch))
                mean = (total / len(asked)).astype(np.float32)
                maps.append(np.maximum(finish(image, mean), 0).sum(axis=-1))
            return np.asarray(maps, np.float32)

        return explain

    return make


def _portions(asked: Batch) -> Iterator[tuple[float, Batch]]:
    for start in range(0, len(asked), AT_ONCE):
        portion = asked[start : start + AT_ONCE]
        yield (start + len(portion)) / len(asked), portion


def _compiled(model: Any) -> Callable[[Batch, int], Batch]:
    import keras
    import tensorflow as tf

    logits = keras.Model(model.input, model.get_layer(LOGITS).output)
    shape = (None, *model.inputs[0].shape[1:])

    def gradient(batch: Any, target: Any) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(batch)
            score = score_of(logits(batch, training=False), target)
        return tf.cast(tape.gradient(score, batch), tf.float32)

    signature = [tf.TensorSpec(shape, tf.float32), tf.TensorSpec((), tf.int32)]
    compiled = tf.function(gradient, input_signature=signature, autograph=False)

    def answer(batch: Batch, target: int) -> Batch:
        return np.asarray(compiled(np.asarray(batch, np.float32), np.int32(target)), np.float32)

    return answer
