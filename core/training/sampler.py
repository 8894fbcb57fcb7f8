"""In which order images are seen: a function of seed and epoch, so that nothing need be kept.

Every step has the same number of images, which compiled steps need; the last one of an
epoch is filled up with images that weigh nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.training import TrainConfig
from core.training.randoms import generator

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Order:
    """`rows` of the dataset, `batch` a step; beyond the first `real` they only fill up."""

    rows: Rows
    real: int
    batch: int

    @property
    def steps(self) -> int:
        return len(self.rows) // self.batch

    def step(self, number: int) -> Rows:
        return self.rows[number * self.batch : (number + 1) * self.batch]

    def real_in(self, number: int) -> int:
        return min(self.batch, self.real - number * self.batch)


def in_turn(rows: Rows, batch: int) -> Order:
    """For measuring: each image once, as it stands."""
    steps = -(-len(rows) // batch)
    return Order(np.resize(rows, steps * batch), len(rows), batch)


def shuffled(rows: Rows, targets: Rows, config: TrainConfig, epoch: int) -> Order:
    """`targets` are those of the whole dataset, `epoch` counts from 0."""
    random = generator(config.seed, 1, epoch)
    if config.sampling == "balanced":
        drawn = _balanced(rows, targets, random)
    else:
        drawn = random.permutation(rows)
    return in_turn(drawn, config.batch_size)


def _balanced(rows: Rows, targets: Rows, random: np.random.Generator) -> Rows:
    """As many images as there are, each class with an equal share; rare ones come again."""
    classes = np.unique(targets[rows])
    share = -(-len(rows) // len(classes))
    parts = [_repeat(rows[targets[rows] == k], share, random) for k in classes]
    return random.permutation(np.concatenate(parts))[: len(rows)]


def _repeat(rows: Rows, count: int, random: np.random.Generator) -> Rows:
    rounds = -(-count // len(rows))
    return np.concatenate([random.permutation(rows) for _ in range(rounds)])[:count]


def class_weights(targets: Rows, config: TrainConfig) -> NDArray[np.float32]:
    """A weight for each class; `targets` are those of the training images."""
    classes = config.model.classes
    if isinstance(config.class_weights, dict):
        return np.array([config.class_weights[name] for name in classes], np.float32)
    if config.class_weights == "none":
        return np.ones(len(classes), np.float32)
    counts = np.bincount(targets, minlength=len(classes))
    weights = len(targets) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return weights.astype(np.float32)
