"""Grad-CAM through a sequence model: where in each view the evidence for a breast lies.

One network reads every view, and a recurrent layer reads what it found, once for each
breast. The logit of a breast is differentiated with respect to the last feature maps of
each view's encoder, through the recurrent layer. A breast never reads the views of the
other one, so its map of them is zero.
"""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.domain.models import LOGITS
from core.explanation.layer_maps import needs_tensorflow
from core.models.sequence import BY_PATIENT
from core.training.rows import IMAGES

if TYPE_CHECKING:
    import keras

Arrays = Mapping[str, NDArray[np.generic]]


class Seen(NamedTuple):
    """`maps` is signed: above zero where a place speaks for the positive class.

    Sizes: logits (patients, 2), features (patients, slots, features), maps (patients, 2,
    slots, h, w). The breasts are left and right.
    """

    logits: NDArray[np.float32]
    features: NDArray[np.float32]
    maps: NDArray[np.float32]


class SequenceExplainer:
    """Answer, features and maps of one pass; compiled at the first call."""

    def __init__(self, model: "keras.Model", layer: str) -> None:
        needs_tensorflow()
        self._compiled = _compile(model, layer)
        self._tracing = threading.Lock()
        self._traced = False

    def __call__(self, inputs: Arrays) -> Seen:
        if self._traced:
            return self._ask(inputs)
        with self._tracing:
            found = self._ask(inputs)
            self._traced = True
        return found

    def _ask(self, inputs: Arrays) -> Seen:
        return Seen(*(part.numpy() for part in self._compiled(dict(inputs))))


def _compile(model: Any, layer: str) -> Any:
    import keras
    import tensorflow as tf

    wanted = [model.get_layer(name).output for name in (layer, BY_PATIENT, LOGITS)]
    whole = keras.Model(model.input, wanted, name="explained")
    shapes = {tensor.name: tensor for tensor in model.inputs}

    def explain(inputs: Any) -> tuple[Any, Any, Any]:
        # What is watched is recorded; of the encoder itself nothing is differentiated.
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(inputs[IMAGES])
            maps, features, logits = whole(inputs, training=False)
            breasts = [logits[:, 0], logits[:, 1]]
        spoken = [_weighed(maps, tape.gradient(one, maps)) for one in breasts]
        return logits, tf.cast(features, tf.float32), _by_patient(spoken, logits)

    signature = {
        name: tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype)
        for name, tensor in shapes.items()
    }
    return tf.function(explain, input_signature=[signature], autograph=False)


def _weighed(maps: Any, gradient: Any) -> Any:
    import tensorflow as tf

    gradient = tf.cast(gradient, tf.float32)
    weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
    return tf.reduce_sum(weights * tf.cast(maps, tf.float32), axis=-1)


def _by_patient(spoken: list[Any], logits: Any) -> Any:
    """The long batch of all views becomes (patients, breasts, slots, h, w)."""
    import tensorflow as tf

    height, width = tf.shape(spoken[0])[1], tf.shape(spoken[0])[2]
    shape = [tf.shape(logits)[0], -1, height, width]
    return tf.stack([tf.reshape(one, shape) for one in spoken], axis=1)
