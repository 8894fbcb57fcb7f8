"""A stage made ready: what is frozen, the optimizer, the compiled step and what feeds it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.dataset import TRAIN
from core.domain.training import Augmentation, Stage, TrainConfig
from core.training import feature_cache, network, optimizers, sampler
from core.training.data import RunData
from core.training.kept_features import Kept
from core.training.network import Network
from core.training.pipeline import Feed
from core.training.reporter import Reporter
from core.training.steps import Engine, engine

# Small steps waste a processor, and nothing is kept for gradients here.
LEAST_MEASURING_BATCH = 32


@dataclass
class Leg:
    """`learning` feeds what the stage learns from, `measuring` what it is measured on."""

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


def make_leg(
    config: TrainConfig, stage: Stage, model: Any, data: RunData, reporter: Reporter
) -> Leg:
    from core.models.stages import freeze, pace_norms

    freeze(model, stage.train)
    if config.norm_momentum:
        pace_norms(model, config.norm_momentum)
    divided = network.divide(model)
    optimizer = optimizers.make(config)
    cached = feature_cache.suits(config, divided)
    if cached and (sentence := feature_cache.too_large(config, divided, data)):
        reporter.note(sentence)
        cached = False
    working = engine(divided, optimizer, config, cached=cached)
    feeds = (
        _cached_feeds(config, divided, data, working, reporter)
        if cached
        else _image_feeds(config, data)
    )
    return Leg(stage, divided, optimizer, working, *feeds)


def _image_feeds(config: TrainConfig, data: RunData) -> tuple[Feed, Feed]:
    learning, measuring = data.reader(), data.reader()
    return (
        Feed(learning, data.targets, _weights(config, data), config.seed, config.augmentation),
        Feed(measuring, data.targets, _equal(data)),
    )


def _cached_feeds(
    config: TrainConfig, divided: Network, data: RunData, working: Engine, reporter: Reporter
) -> tuple[Feed, Feed]:
    def told(done: int, total: int) -> None:
        reporter.say(doing=f"Computing features ({done / total:.0%})")

    def features(augmentation: Augmentation) -> Kept:
        return feature_cache.open_features(config, augmentation, divided, data, working, told)

    plain = features(Augmentation())
    fixed = features(config.augmentation) if config.augmentation.active else plain
    copies = feature_cache.copies_of(config.augmentation)
    weights = _weights(config, data)
    return (
        Feed(fixed.reader(), data.targets, weights, config.seed, cached_copies=copies),
        Feed(plain.reader(), data.targets, _equal(data)),
    )


def _weights(config: TrainConfig, data: RunData) -> NDArray[np.float32]:
    learned = data.targets[data.rows(TRAIN)]
    return sampler.class_weights(learned[learned >= 0], config)


def _equal(data: RunData) -> NDArray[np.float32]:
    return np.ones(len(data.classes), np.float32)


def measuring_batch(config: TrainConfig) -> int:
    least = 1 if config.sequence else LEAST_MEASURING_BATCH
    return max(config.batch_size, least)
