"""A stage made ready: what is frozen, the optimizer, the compiled step and what feeds it."""

from dataclasses import dataclass, replace
from typing import Any

from core.domain.dataset import TRAIN
from core.domain.training import Augmentation, Stage, TrainConfig
from core.training import network, optimizers, sampler
from core.training.data import RunData
from core.training.network import Network
from core.training.pipeline import Feed
from core.training.rows import RowReader
from core.training.steps import Engine, engine

# Small steps waste a processor, and nothing is kept for gradients here.
LEAST_MEASURING_BATCH = 32


@dataclass
class Leg:
    stage: Stage
    network: Network
    optimizer: Any
    engine: Engine
    learning: Feed
    measuring: Feed

    @property
    def outputs(self) -> int:
        return int(self.network.head.outputs[0].shape[-1])

    def close(self) -> None:
        for feed in (self.learning, self.measuring):
            feed.reader.close()


def make_leg(config: TrainConfig, stage: Stage, model: Any, data: RunData) -> Leg:
    from core.models.stages import freeze

    freeze(model, stage.train)
    divided = network.divide(model)
    optimizer = optimizers.make(config)
    return Leg(
        stage,
        divided,
        optimizer,
        engine(divided, optimizer, config, cached=False),
        _learning(config, data),
        _measuring(config, data),
    )


def _learning(config: TrainConfig, data: RunData) -> Feed:
    weights = sampler.class_weights(data.targets[data.rows(TRAIN)], config)
    reader = RowReader(data.dataset.images)
    return Feed(reader, data.targets, weights, config.seed, config.augmentation)


def _measuring(config: TrainConfig, data: RunData) -> Feed:
    plain = replace(config, class_weights="none")
    weights = sampler.class_weights(data.targets, plain)
    return Feed(RowReader(data.dataset.images), data.targets, weights, 0, Augmentation())


def measuring_batch(config: TrainConfig) -> int:
    return max(config.batch_size, LEAST_MEASURING_BATCH)
