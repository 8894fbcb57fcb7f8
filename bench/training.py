"""Does the input pipeline keep a training step busy, and what does augmentation cost?

The same step is fed in turn from one batch in memory and from a prepared dataset on
disk; a step without augmentation beside it. Medians of interleaved rounds.

    python bench/training.py [--rounds 9] [--steps 4] [--precision float32]
                             [--network custom_cnn] [--json]
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, get_args

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.domain.models import HeadConfig, ModelConfig
from core.domain.training import Augmentation, Precision, TrainConfig
from core.training.pipeline import Batch, Feed
from core.training.rows import RowReader
from core.training.sampler import shuffled
from core.training.steps import Engine

SIZES = {"custom_cnn": (244, 16), "densenet121": (224, 16)}
MILD = Augmentation(flip=True, rotation=10, shift=0.05, zoom=0.1, shear=0.1)
TONE = replace(MILD, brightness=0.1, contrast=0.1, gamma=0.1, noise=0.02)
IMAGES = 512
LEAST_BUSY, MOST_COST = 0.97, 0.15


@dataclass(frozen=True)
class Way:
    """One step and what feeds it: one batch again and again, or the pipeline."""

    engine: Engine
    feed: Feed
    config: TrainConfig
    fixed: bool

    def milliseconds(self, steps: int, epoch: int) -> float:
        order = shuffled(np.arange(IMAGES), self.feed.targets, self.config, epoch)
        batches: Iterable[Batch] = (
            itertools.repeat(self.feed.batch(order, 0, 0))
            if self.fixed
            else self.feed.epoch(order, epoch)
        )
        taken = iter(batches)
        next(taken)
        began = time.perf_counter()
        for batch in itertools.islice(taken, steps):
            float(self.engine.train(batch, 1e-4)[0])
        passed = time.perf_counter() - began
        getattr(taken, "close", lambda: None)()
        return passed / steps * 1000


def compare(name: str, precision: Precision, rounds: int, steps: int) -> dict[str, float]:
    """Median milliseconds a step of each way."""
    import keras

    keras.config.set_dtype_policy(precision)
    size, batch = SIZES[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "images.npy"
        np.save(file, np.random.default_rng(0).integers(0, 255, (IMAGES, size, size), np.uint8))
        ways = _ways(_config(name, size, batch, precision), np.load(file, mmap_mode="r"))
        found: dict[str, list[float]] = {key: [] for key in ways}
        for number in range(-1, rounds):
            for key, way in ways.items():
                taken = way.milliseconds(steps, number + 1)
                if number >= 0:
                    found[key].append(taken)
    return {key: median(values) for key, values in found.items()}


def _config(name: str, size: int, batch: int, precision: Precision) -> TrainConfig:
    head = HeadConfig(dense=(64,), dropout=0.5, feature_dropout=0.3, l2=0.001)
    model = ModelConfig(name, size, size, ("a", "b", "c", "d"), head=head)
    return TrainConfig("bench", model, batch_size=batch, precision=precision)


def _ways(config: TrainConfig, images: Any) -> dict[str, Way]:
    made = {}
    for key, augmentation in (("mild", MILD), ("plain", Augmentation()), ("tone", TONE)):
        own = replace(config, augmentation=augmentation)
        engine = _engine(own)
        targets = np.arange(IMAGES, dtype=np.int64) % 4
        equal = np.ones(4, np.float32)
        feed = Feed(RowReader(images), targets, equal, augmentation=augmentation)
        made[key] = Way(engine, feed, own, fixed=True)
        if key == "mild":
            made["pipeline"] = replace(made[key], fixed=False)
    return made


def _engine(config: TrainConfig) -> Engine:
    from core.models.factory import build
    from core.training import network, optimizers
    from core.training.steps import engine

    divided = network.divide(build(config.model, seed=0))
    return engine(divided, optimizers.make(config), config, cached=False)


def measure(name: str, precision: Precision, rounds: int, steps: int) -> dict[str, Any]:
    times = compare(name, precision, rounds, steps)
    return {
        "network": name,
        "precision": precision,
        "step_ms": round(times["mild"], 1),
        "images_per_second": round(SIZES[name][1] / times["pipeline"] * 1000, 1),
        "busy": round(times["mild"] / times["pipeline"], 3),
        "geometry_costs": round(times["mild"] / times["plain"] - 1, 3),
        "geometry_and_tone_cost": round(times["tone"] / times["plain"] - 1, 3),
    }


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--precision", default="float32", choices=get_args(Precision))
    parser.add_argument("--network", choices=SIZES, help="one of them only")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    names = [args.network] if args.network else list(SIZES)
    rows = [measure(name, args.precision, args.rounds, args.steps) for name in names]
    if args.json:
        print(json.dumps(rows, indent=2))
        return
    print("network       step      images/s   busy (>= 0.97)   augmentation (<= 15%), with tone")
    for row in rows:
        print(
            f"{row['network']:12}{row['step_ms']:7.1f} ms{row['images_per_second']:9.1f}"
            f"{row['busy']:14.3f}{row['geometry_costs']:18.1%}"
            f"{row['geometry_and_tone_cost']:14.1%}"
        )


if __name__ == "__main__":
    main()
