"""The first batch of a run as its network will be fed it: the same images, changed the same way."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.datasets.prepared import open_prepared
from core.domain.dataset import TRAIN
from core.domain.images import Pixels
from core.domain.training import TrainConfig
from core.training import data, sampler, sequence_data
from core.training.data import RunData
from core.training.pipeline import Feed
from core.training.rows import IMAGES

MOST = 16


@dataclass(frozen=True)
class Fed:
    """One picture of the batch: which image it is, what it is called, and what became of it."""

    image_id: str
    label: str
    as_prepared: Pixels
    as_fed: Pixels


def pictures(config: TrainConfig, most: int = MOST) -> list[Fed]:
    """At most so many, in the order in which the first step takes them."""
    with tempfile.TemporaryDirectory() as scratch:
        return _pictures(config, Path(scratch), most)


def _pictures(config: TrainConfig, folder: Path, most: int) -> list[Fed]:
    dataset = open_prepared(config.dataset)
    images = data.of_split(dataset, config.split)
    own = sequence_data.by_patient(config, images, folder) if config.sequence else images
    order = sampler.shuffled(own.rows(TRAIN), own.strata, config, 0)
    reader = own.reader()
    try:
        weights = np.ones(len(own.classes), np.float32)
        feed = Feed(reader, own.targets, weights, config.seed, config.augmentation)
        batch = feed.batch(order, 0, 0)
    finally:
        reader.close()
    stored = batch.inputs[IMAGES] if config.sequence else batch.inputs
    flat = np.reshape(stored, (-1, *stored.shape[-2:]))
    plain = flat.astype(np.float32) / np.float32(dataset.scale)
    changed = _changed(config, plain, batch.draws)
    labels = _labels(own, config, order.step(0), len(plain))
    kept = [place for place in range(len(plain)) if plain[place].any()][:most]
    return [Fed(*labels[place], plain[place], changed[place]) for place in kept]


def _changed(config: TrainConfig, plain: Pixels, draws: object) -> Pixels:
    if not draws:
        return plain
    from keras import ops

    from core.training.augmentation import apply
    from core.training.draws import noise_tile

    noisy = config.augmentation.noise > 0
    tile = noise_tile(config.seed) if noisy else np.zeros((1, 1), np.float32)
    assert isinstance(draws, dict)
    done = apply(plain[..., None], draws, config.augmentation, tile)
    return np.asarray(ops.convert_to_numpy(done), np.float32)[..., 0]


def _labels(
    own: RunData, config: TrainConfig, rows: np.ndarray, count: int
) -> list[tuple[str, str]]:
    """Of each picture; views of one patient share the patient's name."""
    index, names = own.dataset.index, own.classes
    if not config.sequence:
        return [(str(index["image_id"].iloc[row]), names[own.targets[row]]) for row in rows]
    assert isinstance(own, sequence_data.PatientData)
    views = count // len(rows)
    return [(own.patients[row], f"view {number + 1}") for row in rows for number in range(views)]


def key(config: TrainConfig) -> str:
    """The same for configurations whose first batch is the same."""
    plain = replace(config, title="", recipe="", epochs=1, learning_rate=1.0, stages=())
    names = ("dataset", "split", "batch_size", "seed", "sampling", "augmentation", "sequence")
    return repr([getattr(plain, name) for name in names])
