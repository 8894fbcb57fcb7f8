"""A settled trunk's features, computed once for a dataset and read from disk in every epoch.

workspace/cache/features/<key>/features.npy, a row for each image and fixed copy. The key
is a fingerprint of everything the features follow from, so a stale cache is never found.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import paths
from core.domain.training import Augmentation, TrainConfig
from core.training import checkpoint, sampler
from core.training.data import RunData
from core.training.network import Network
from core.training.pipeline import Feed
from core.training.provenance import versions
from core.training.rows import RowReader
from core.training.steps import Engine

FEATURES = "features.npy"
# What a cache may take of the disk that is free.
FREE_SHARE = 0.5
BATCH = 32
CHANGES_FEATURES = ("keras", "tensorflow", "jax", "torch")

Told = Callable[[int, int], None]


def suits(config: TrainConfig, network: Network) -> bool:
    """Are there features that every epoch sees again?"""
    augmentation = config.augmentation
    repeated = not augmentation.active or augmentation.copies > 0
    learned = network.trunk is not None and bool(network.trunk.variables)
    return config.feature_cache and repeated and learned and network.feature_shape is not None


def too_large(config: TrainConfig, network: Network, data: RunData) -> str:
    """A sentence when the disk has no room, else nothing."""
    needed = _bytes(network, len(data.targets), copies_of(config.augmentation))
    paths.cache().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(paths.cache()).free
    if needed <= free * FREE_SHARE:
        return ""
    return (
        f"The features of this stage would take {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are "
        "free, so they are computed anew in each epoch."
    )


def copies_of(augmentation: Augmentation) -> int:
    return augmentation.copies if augmentation.active and augmentation.copies else 1


def open_features(
    config: TrainConfig,
    augmentation: Augmentation,
    network: Network,
    data: RunData,
    engine: Engine,
    told: Told,
) -> NDArray[np.float32]:
    """Computed when they are not there yet; the rows of an image's copies stand together."""
    folder = paths.cache() / "features" / key(config, augmentation, network, data)
    if not (folder / FEATURES).is_file():
        beside = folder.with_name(f".{folder.name}.{os.getpid()}")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        try:
            _compute(beside / FEATURES, config, augmentation, network, data, engine, told)
            if not (folder / FEATURES).is_file():
                beside.replace(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    array: NDArray[np.float32] = np.load(folder / FEATURES, mmap_mode="r", allow_pickle=False)
    return array


def key(config: TrainConfig, augmentation: Augmentation, network: Network, data: RunData) -> str:
    info = data.dataset.info
    facts = {
        "images": info.checksums or _stamp(data.dataset.path / "images.npy"),
        "spec": info.spec.to_json(),
        "trunk": _network_facts(network),
        "precision": config.precision,
        "augmentation": asdict(augmentation) if augmentation.active else None,
        "seed": config.seed if augmentation.active else None,
        "versions": {k: v for k, v in versions().items() if k in CHANGES_FEATURES},
        "backend": config.backend,
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode())
    assert network.trunk is not None
    for values in checkpoint.values(network.trunk.variables):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:32]


def _network_facts(network: Network) -> list[Any]:
    """Every operation with its settings, since weights alone do not tell what they do."""
    assert network.trunk is not None
    return [
        [type(operation).__name__, operation.name, operation.get_config()]
        for operation in network.trunk.operations
    ]


def _stamp(path: Path) -> list[float]:
    found = path.stat()
    return [found.st_size, found.st_mtime]


def _bytes(network: Network, images: int, copies: int) -> int:
    return 4 * images * copies * int(np.prod(network.feature_shape or (0,), dtype=np.int64))


def _compute(
    path: Path,
    config: TrainConfig,
    augmentation: Augmentation,
    network: Network,
    data: RunData,
    engine: Engine,
    told: Told,
) -> None:
    from keras import ops

    copies, count = copies_of(augmentation), len(data.targets)
    shape = (count * copies, *(network.feature_shape or ()))
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    order = sampler.in_turn(np.arange(count), BATCH)
    nothing = np.zeros(count, np.int64)
    with RowReader(data.dataset.images) as reader:
        feed = Feed(reader, nothing, np.ones(1, np.float32), config.seed, augmentation)
        for copy in range(copies):
            for step, batch in enumerate(feed.epoch(order, copy)):
                found = ops.convert_to_numpy(ops.cast(engine.features(batch), "float32"))
                real = order.real_in(step)
                rows = order.step(step)[:real] * copies + copy
                array[rows] = found[:real]
                told(copy * count + min((step + 1) * BATCH, count), count * copies)
    array.flush()
