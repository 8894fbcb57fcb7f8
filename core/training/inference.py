"""A saved model's outputs for many rows of a dataset, in bounded memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.training import sampler
from core.training.pipeline import Feed
from core.training.rows import RowReader

BATCH = 32


def outputs(
    model: Any, layers: Sequence[str], images: NDArray[np.generic], rows: NDArray[np.int64]
) -> list[NDArray[np.float32]]:
    """What each named layer gives, one array a layer, in the order of `rows`."""
    import keras

    from core.training.steps.forward import unit

    several = keras.Model(model.input, [model.get_layer(name).output for name in layers])
    order = sampler.in_turn(rows, BATCH)
    parts: list[list[NDArray[np.float32]]] = [[] for _ in layers]
    with RowReader(images) as reader:
        nothing = np.zeros(len(images), np.int64)
        feed = Feed(reader, nothing, np.ones(1, np.float32))
        for batch in feed.epoch(order, 0):
            found = several.predict_on_batch(keras.ops.convert_to_numpy(unit(batch.inputs)))
            for part, values in zip(parts, keras.tree.flatten(found), strict=True):
                part.append(np.asarray(values, np.float32))
    return [np.concatenate(part)[: len(rows)] for part in parts]
