"""A saved model's outputs for many samples, in bounded memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.training import sampler
from core.training.pipeline import Feed
from core.training.rows import IMAGES, Reader

BATCH = 32


def outputs(
    model: Any, layers: Sequence[str], reader: Reader, rows: NDArray[np.int64]
) -> list[NDArray[np.float32]]:
    """What each named layer gives, one array a layer, in the order of `rows`. Ends the reader."""
    import keras

    several = keras.Model(model.input, [model.get_layer(name).output for name in layers])
    order = sampler.in_turn(rows, max(1, BATCH // reader.views))
    parts: list[list[NDArray[np.float32]]] = [[] for _ in layers]
    nothing = np.zeros(int(rows.max(initial=0)) + 1, np.int64)
    feed = Feed(reader, nothing, np.ones(1, np.float32))
    for batch in feed.epoch(order, 0):
        found = several.predict_on_batch(_scaled(batch.inputs))
        for part, values in zip(parts, keras.tree.flatten(found), strict=True):
            part.append(np.asarray(values, np.float32))
    reader.close()
    return [np.concatenate(part)[: len(rows)] for part in parts]


def _scaled(inputs: Any) -> Any:
    """Stored pictures become what a model takes: (..., height, width, 1) in [0, 1]."""
    if isinstance(inputs, dict):
        return {**inputs, IMAGES: _scaled(inputs[IMAGES])}
    return (inputs.astype(np.float32) * np.float32(1 / np.iinfo(inputs.dtype).max))[..., None]
