"""A settled trunk's features, computed once for a dataset and read from disk in every epoch.

workspace/cache/features/<key>/features.npy, a row for each image (or patient) and fixed copy,
and more files where more than one tensor crosses. The key is a fingerprint of everything
the features follow from, so a stale cache is never found.
"""

import hashlib
import json
import math
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
from core.training import checkpoint, kept_features, sampler
from core.training.data import RunData
from core.training.kept_features import FEATURES, Kept, Writer
from core.training.network import Network
from core.training.pipeline import Feed
from core.training.provenance import versions
from core.training.sequence_data import PatientData
from core.training.steps import Engine

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
    return config.feature_cache and repeated and learned


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
) -> Kept:
    """Computed when they are not there yet; the rows of an image's copies stand together."""
    folder = paths.cache() / "features" / key(config, augmentation, network, data)
    if not (folder / FEATURES).is_file():
        beside = folder.with_name(f".{folder.name}.{os.getpid()}")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        try:
            _compute(beside, config, augmentation, network, data, engine, told)
            if not (folder / FEATURES).is_file():
                beside.replace(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return kept_features.load(folder)


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
    if isinstance(data, PatientData):
        for name, arranged in sorted((data.arranged or {}).items()):
            digest.update(name.encode() + np.ascontiguousarray(arranged).tobytes())
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
    each: int = sum(math.prod(tensor.shape[1:]) for tensor in network.head.inputs)
    return 4 * images * copies * each


def _compute(
    folder: Path,
    config: TrainConfig,
    augmentation: Augmentation,
    network: Network,
    data: RunData,
    engine: Engine,
    told: Told,
) -> None:
    copies, count = copies_of(augmentation), len(data.targets)
    writer = Writer(folder, count * copies)
    reader = data.reader()
    order = sampler.in_turn(np.arange(count), max(1, BATCH // reader.views))
    nothing = np.zeros(count, np.int64)
    feed = Feed(reader, nothing, np.ones(1, np.float32), config.seed, augmentation)
    try:
        for copy in range(copies):
            for step, batch in enumerate(feed.epoch(order, copy)):
                rows = order.step(step)[: order.real_in(step)] * copies + copy
                writer.write(rows, _arrays(engine.features(batch)), order.batch)
                told(copy * count + min((step + 1) * order.batch, count), count * copies)
    finally:
        reader.close()
    writer.flush()


def _arrays(found: Any) -> list[NDArray[np.generic]]:
    """Numbers with a point in full precision, codes and masks as they are."""
    import keras
    from keras import ops

    def plain(tensor: Any) -> NDArray[np.generic]:
        if "float" in keras.backend.standardize_dtype(tensor.dtype):
            tensor = ops.cast(tensor, "float32")
        return np.asarray(ops.convert_to_numpy(tensor))

    return [plain(tensor) for tensor in keras.tree.flatten(found)]
