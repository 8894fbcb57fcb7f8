"""How much quicker an epoch of a head is on kept features than on features computed anew.

python bench/feature_cache.py [--images 192] [--rounds 3] [--json]
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.domain.models import HeadConfig, ModelConfig
from core.domain.training import Augmentation, TrainConfig
from core.training.pipeline import Feed
from core.training.rows import RowReader
from core.training.sampler import in_turn, shuffled
from core.training.steps import Engine

NETWORKS = {"mobilenet_v2": 224, "densenet121": 224}
BATCH = 16
LEAST_RATIO = 50


def measure(name: str, count: int, rounds: int) -> dict[str, Any]:
    size = NETWORKS[name]
    model = ModelConfig(name, size, size, ("a", "b"), head=HeadConfig(dense=(64,), dropout=0.3))
    config = TrainConfig(dataset="bench", model=model, batch_size=BATCH)
    anew, kept = _engines(config)
    with tempfile.TemporaryDirectory() as folder:
        images = np.random.default_rng(0).integers(0, 255, (count, size, size), np.uint8)
        np.save(Path(folder) / "images.npy", images)
        np.save(Path(folder) / "features.npy", _features(anew, images))
        feeds = [_feed(Path(folder) / f"{part}.npy", count) for part in ("images", "features")]
        pairs = [
            (_epoch(anew, feeds[0], config, n), _epoch(kept, feeds[1], config, n))
            for n in range(rounds + 1)
        ][1:]
    return {
        "network": name,
        "images": count,
        "anew_seconds": round(median(slow for slow, _ in pairs), 3),
        "kept_seconds": round(median(quick for _, quick in pairs), 4),
        "ratio": round(median(slow / quick for slow, quick in pairs), 1),
    }


def _engines(config: TrainConfig) -> tuple[Engine, Engine]:
    from core.models.factory import build
    from core.models.stages import freeze
    from core.training import network, optimizers
    from core.training.steps import engine

    built = build(config.model, seed=0)
    freeze(built, "head")
    divided = network.divide(built)
    anew = engine(divided, optimizers.make(config), config, cached=False)
    return anew, engine(divided, optimizers.make(config), config, cached=True)


def _feed(file: Path, count: int) -> Feed:
    reader = RowReader(np.load(file, mmap_mode="r"))
    return Feed(reader, np.arange(count) % 2, np.ones(2, np.float32), augmentation=Augmentation())


def _features(engine: Engine, images: "np.ndarray[Any, np.dtype[np.uint8]]") -> Any:
    feed = Feed(RowReader(images), np.zeros(len(images), np.int64), np.ones(1, np.float32))
    order = in_turn(np.arange(len(images)), 32)
    parts = [np.asarray(engine.features(batch)) for batch in feed.epoch(order, 0)]
    return np.concatenate(parts)[: len(images)].astype(np.float32)


def _epoch(engine: Engine, feed: Feed, config: TrainConfig, number: int) -> float:
    order = shuffled(np.arange(len(feed.targets)), feed.targets, config, number)
    began = time.perf_counter()
    for batch in feed.epoch(order, number):
        loss, _ = engine.train(batch, 1e-3)
    float(loss)
    return time.perf_counter() - began


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = [measure(name, args.images, args.rounds) for name in NETWORKS]
    if args.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"network        images   anew        kept      ratio  target {LEAST_RATIO}")
    for row in rows:
        print(
            f"{row['network']:14}{row['images']:6}{row['anew_seconds']:8.2f} s"
            f"{row['kept_seconds']:9.3f} s{row['ratio']:9.0f}"
        )


if __name__ == "__main__":
    main()
