"""Answers of a network to a part of the data, and the loss they amount to."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.training import Loss
from core.training import epoch_figures, sampler
from core.training.pipeline import Feed
from core.training.steps import Engine

Logits = NDArray[np.float32]
Rows = NDArray[np.int64]


def logits_of(engine: Engine, feed: Feed, rows: Rows, batch: int) -> Logits:
    """In the order of `rows`."""
    from keras import ops

    order = sampler.in_turn(rows, batch)
    parts = [ops.convert_to_numpy(engine.predict(item)) for item in feed.epoch(order, 0)]
    return np.concatenate(parts)[: len(rows)].astype(np.float32)


def figures_of(
    logits: Logits, targets: Rows, loss: Loss, classes: tuple[str, ...]
) -> dict[str, float]:
    logits, targets = epoch_figures.each_answer(logits, targets)
    return {
        "loss": loss_of(logits, targets, loss),
        **epoch_figures.figures(logits, targets, classes),
    }


def loss_of(logits: Logits, targets: Rows, config: Loss) -> float:
    """The mean of the configured loss; no class weighs more than another."""
    from keras import ops

    from core.training.losses import per_image

    each: Any = per_image(
        ops.convert_to_tensor(logits), ops.convert_to_tensor(targets.astype(np.int32)), config
    )
    return float(np.mean(ops.convert_to_numpy(each)))
