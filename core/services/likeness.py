"""How like an image is to those a model learned from, by what the model itself sees in it."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.models.ensemble import parts_of
from core.models.head import POOLED
from core.preprocessing.frame import Frame
from core.services import inference
from core.services.catalogue import Bundle
from core.services.held import Held
from core.training.reference import Features, Reference

MOST_COMPILED = 3
_compiled: Held[Any] = Held(MOST_COMPILED)


def share_nearer(frame: Frame, bundle: Bundle) -> float | None:
    """The share of known images that lie nearer than this one; None where it cannot be told.

    A patch model has no reference of whole images; a model of exams sees several at once.
    """
    if bundle.card.kind != "image" or not bundle.fitness_file.is_file():
        return None
    return shares_nearer(_features(frame, bundle), bundle)[0]


def shares_nearer(features: Features, bundle: Bundle) -> list[float | None]:
    """The same for features at hand, a row an image or view."""
    if not bundle.fitness_file.is_file():
        return [None] * len(features)
    reference = _reference(bundle.fitness_file, bundle.fitness_file.stat().st_mtime_ns)
    return [float(one) for one in reference.share_nearer(features)]


@lru_cache(maxsize=8)
def _reference(file: Path, _stamp: int) -> Reference:
    return Reference.load(file)


def _features(frame: Frame, bundle: Bundle) -> Features:
    loaded = inference.get(bundle.name)
    stamp = bundle.model_file.stat().st_mtime_ns
    read = _compiled.get(bundle.name, lambda: _compile(loaded.model), stamp)
    batch = frame.pixels[None, ..., None].astype(np.float32)
    return np.asarray(read(batch), np.float32)


def _compile(model: Any) -> Any:
    import keras
    import tensorflow as tf

    # Of several networks it was the first that the known images were shown to.
    first = parts_of(model)[0].model
    features = keras.Model(first.input, first.get_layer(POOLED).output)
    signature = [tf.TensorSpec((None, *model.inputs[0].shape[1:]), tf.float32)]
    return tf.function(
        lambda batch: features(batch, training=False), input_signature=signature, autograph=False
    )
