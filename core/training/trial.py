"""A few steps of a run, to learn what all of it will take; nothing is kept but the figures.

In a process of its own, because what memory a run takes is seen only in a fresh one.
"""

import resource
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from core.datasets.prepared import open_prepared
from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.domain.runs import RunState
from core.domain.training import Stage, TrainConfig
from core.training import data, devices, feature_cache, sampler, subject
from core.training.data import RunData
from core.training.leg import Leg, make_leg, measuring_batch
from core.training.parallel import shared_among
from core.training.reporter import Reporter
from core.training.run_folder import RunFolder

STEPS = 6
MOST_SECONDS = 10.0  # for the steps of one stage
# Kept beside the network while it learns: its best epoch, and what is written to disk.
COPIES_OF_WEIGHTS = 3


@dataclass(frozen=True)
class LegCost:
    """Seconds; `train` says which layers learn. `kept` is for features computed once."""

    train: str
    begin: float
    step: float
    measured_image: float
    kept: float = 0.0


@dataclass(frozen=True)
class Cost:
    """What does not depend on how many epochs there are."""

    start: float  # importing the library, building the network
    legs: tuple[LegCost, ...]
    images: dict[str, int]
    memory_bytes: int
    gpu_bytes: int | None
    parameters: int
    device: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "Cost":
        return cls(**{**raw, "legs": tuple(LegCost(**leg) for leg in raw["legs"])})

    def leg(self, stage: Stage) -> LegCost:
        return next((leg for leg in self.legs if leg.train == stage.train), self.legs[0])


def measure(config: TrainConfig) -> Cost:
    """The present process becomes the one of the trial: call it once, in a fresh one."""
    born = psutil.Process().create_time()
    with tempfile.TemporaryDirectory() as scratch, shared_among(config) as count:
        folder = RunFolder(Path(scratch))
        data.store_split(open_prepared(config.dataset), config.split, folder.path)
        reporter = Reporter(folder)
        try:
            own = subject.open_data(config, folder.path)
            model = _network(config, folder.path)
            start = time.time() - born
            stages = {stage.train: stage for stage in config.legs}
            legs = tuple(_leg(config, one, model, own, reporter) for one in stages.values())
            # A run builds its network once more, to write the best epoch.
            spare = subject.build_unweighted(config, folder.path)
        finally:
            reporter.end(RunState.STOPPED)
        return Cost(
            start=start,
            legs=legs,
            images={part: len(own.rows(part)) for part in (TRAIN, VALIDATION, TEST)},
            memory_bytes=_peak() + COPIES_OF_WEIGHTS * _weights_bytes(model),
            gpu_bytes=_gpu_peak(config),
            parameters=int(spare.count_params()),
            device=_device(config, count),
        )


def _network(config: TrainConfig, folder: Path) -> Any:
    import keras

    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy(config.precision)
    # Which values the weights have changes neither time nor memory.
    return subject.build_unweighted(config, folder)


def _leg(
    config: TrainConfig, stage: Stage, model: Any, own: RunData, reporter: Reporter
) -> LegCost:
    """Without kept features, which would all be computed first; what they save is reckoned."""
    began = time.monotonic()
    leg = make_leg(replace(config, feature_cache=False), stage, model, own, reporter)
    try:
        first, step = _steps(config, leg, own)
        image = _measuring(config, leg, own)
    finally:
        leg.close()
    begin = first - began
    if not feature_cache.suits(config, leg.network):
        return LegCost(stage.train, begin, step, image)
    copies = feature_cache.copies_of(config.augmentation) + bool(config.augmentation.active)
    head_only = max(step - config.batch_size * image, 0.02 * step)
    return LegCost(stage.train, begin, head_only, 0.05 * image, image * len(own.targets) * copies)


def _steps(config: TrainConfig, leg: Leg, own: RunData) -> tuple[float, float]:
    """When the first step was done, which compiles; and what the others took."""
    order = sampler.shuffled(own.rows(TRAIN), own.strata, config, 0)
    took: list[float] = []
    first = 0.0
    for number in range(STEPS):
        batch = leg.learning.batch(order, number % order.steps, 0)
        began = time.monotonic()
        loss, _ = leg.engine.train(batch, config.learning_rate)
        float(np.asarray(loss))
        if not number:
            first = time.monotonic()
            continue
        took.append(time.monotonic() - began)
        if sum(took) > MOST_SECONDS:
            break
    return first, statistics.median(took)


def _measuring(config: TrainConfig, leg: Leg, own: RunData) -> float:
    """Seconds an image, the second time."""
    from keras import ops

    size = measuring_batch(config)
    order = sampler.in_turn(own.rows(VALIDATION), size)
    began = 0.0
    for _ in range(2):
        began = time.monotonic()
        ops.convert_to_numpy(leg.engine.predict(leg.measuring.batch(order, 0, 0)))
    return (time.monotonic() - began) / size


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _weights_bytes(model: Any) -> int:
    return sum(int(np.prod(one.shape)) * 4 for one in model.variables)


def _device(config: TrainConfig, count: int) -> str:
    if devices.on_processor(config) or devices.command_for_gpu(config.backend):
        return "processor"
    return f"{count} GPUs" if count > 1 else "GPU"


def _gpu_peak(config: TrainConfig) -> int | None:
    """The most that this process had on one GPU; None where it had none."""
    if devices.on_processor(config):
        return None
    try:
        return _PEAKS[config.backend]()
    except (RuntimeError, ValueError, KeyError, TypeError, IndexError):
        return None


def _tensorflow_peak() -> int:
    import tensorflow as tf

    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])


def _jax_peak() -> int:
    import jax

    return int(jax.local_devices()[0].memory_stats()["peak_bytes_in_use"])


def _torch_peak() -> int:
    import torch

    return int(torch.cuda.max_memory_allocated())


_PEAKS = {"tensorflow": _tensorflow_peak, "jax": _jax_peak, "torch": _torch_peak}
