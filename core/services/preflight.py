"""What would go wrong with a run, said with its remedy before anything starts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core import paths
from core.datasets.prepared import PreparedDataset, open_prepared
from core.disk import amount, free_bytes
from core.domain.dataset import TRAIN, VALIDATION
from core.domain.training import TrainConfig
from core.errors import ConfigError, MammolensError
from core.models import block_names, checks
from core.models.branches import Branch, plan
from core.services import weights_at_hand
from core.training import data, devices
from core.training.data import RunData

LEAST_FREE_BYTES = 500e6
_NEEDS_TWO_SIDES = ("auc", "sensitivity", "specificity")


@dataclass(frozen=True)
class Obstacle:
    """`settings` would remove it, and `remedy` says so on a button; both may be empty."""

    sentence: str
    remedy: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def refuse(config: TrainConfig) -> None:
    """Raises the first obstacle."""
    for obstacle in obstacles(config):
        raise ConfigError(obstacle.sentence)


def obstacles(config: TrainConfig) -> list[Obstacle]:
    """Everything that is known to fail; none means that it may start."""
    found = [*_of_settings(config), *_of_machine(config), *_of_weights(config)]
    try:
        dataset = open_prepared(config.dataset)
        run_data = data.of_split(dataset, config.split)
    except MammolensError as fault:
        return [Obstacle(str(fault)), *found]
    return [*_of_data(config, dataset, run_data), *found]


def check_stages(config: TrainConfig) -> None:
    """Blocks are named by hand, and a run would find out only once its network is built."""
    for stage in config.stages:
        block_names.check(config.model, stage.train)


def _of_settings(config: TrainConfig) -> Iterator[Obstacle]:
    try:
        checks.check(config.model)
        plan(config.model)
        check_stages(config)
    except MammolensError as fault:
        yield Obstacle(str(fault))
    warmup, shortest = config.schedule.warmup_epochs, min(leg.epochs or 1 for leg in config.legs)
    if warmup > shortest:
        yield Obstacle(
            f"The learning rate would still be rising at the end: {warmup:g} epochs of warmup in "
            f"{shortest} epochs. Choose a shorter warmup.",
            "No warmup",
            {"schedule.warmup_epochs": 0.0},
        )
    if isinstance(config.class_weights, dict) and not any(config.class_weights.values()):
        yield Obstacle(
            "Every class has the weight 0, so nothing would be learned. Give one more.",
            "No class weights",
            {"class_weights": "none"},
        )


def _of_machine(config: TrainConfig) -> Iterator[Obstacle]:
    if not devices.installed(config.backend):
        yield Obstacle(
            f"The backend {config.backend!r} is not installed. Choose another, or install it: "
            f"{devices.INSTALL[config.backend]}",
            "Use TensorFlow",
            {"backend": "tensorflow"},
        )
    try:
        devices.check_precision(config)
    except MammolensError as fault:
        yield Obstacle(str(fault), "Use mixed_bfloat16", {"precision": "mixed_bfloat16"})
    yield from _of_gpus(config)
    paths.runs().mkdir(parents=True, exist_ok=True)
    free = free_bytes(paths.runs())
    if free < LEAST_FREE_BYTES:
        yield Obstacle(
            f"The disk of the workspace has only {amount(free)} left; a run keeps its "
            "weights there. Delete runs or datasets that nobody needs."
        )


def _of_gpus(config: TrainConfig) -> Iterator[Obstacle]:
    there = {f"gpu:{gpu.index}" for gpu in devices.gpus()}
    if missing := set(config.devices) - there:
        known = ", ".join(sorted(there)) or "none"
        yield Obstacle(
            f"{', '.join(sorted(missing))} is not on this machine. Found: {known}.",
            "Use any device",
            {"devices": []},
        )
    if config.gpus == 0 or not there:
        return
    if command := devices.command_for_gpu(config.backend):
        # Who asked for nothing in particular is told, and trains on the processor.
        if devices.installed(config.backend) and (config.devices or config.gpus > 1):
            yield Obstacle(
                f"{config.backend} cannot use the GPU of this machine yet. Install what it lacks: "
                f"{command}. Or train on the processor.",
                "Train on the processor",
                {"gpus": 0, "devices": []},
            )
        return
    count = min(config.gpus, len(config.devices or there))
    if config.batch_size % count:
        fitting = max(count, config.batch_size - config.batch_size % count)
        yield Obstacle(
            f"A batch of {config.batch_size} cannot be shared evenly among {count} GPUs.",
            f"Use a batch of {fitting}",
            {"batch_size": fitting},
        )


def _of_data(config: TrainConfig, dataset: PreparedDataset, own: RunData) -> Iterator[Obstacle]:
    yield from _of_shape(config, dataset)
    yield from _of_sequence(config, dataset)
    samples = _samples(config, own)
    if config.batch_size > samples:
        what = "patients" if config.sequence else "images"
        fitting = 2 ** int(np.log2(max(samples, 1)))
        yield Obstacle(
            f"A batch of {config.batch_size} is more than the {samples} training {what} of the "
            f"split {config.split!r}, so every step would be filled up with repeats.",
            f"Use a batch of {fitting}",
            {"batch_size": fitting},
        )
    seen = set(own.targets[own.rows(VALIDATION)].tolist())
    blind = [name for number, name in enumerate(own.classes) if number not in seen]
    if blind and (len(own.classes) == 2 or len(seen) < 2):
        yield from _of_measures(config, blind)


def _of_shape(config: TrainConfig, dataset: PreparedDataset) -> Iterator[Obstacle]:
    spec, model = dataset.info.spec, config.model
    if (spec.height, spec.width, dataset.info.classes) != (
        model.height,
        model.width,
        model.classes,
    ):
        yield Obstacle(
            f"The dataset {dataset.info.name!r} holds other images or classes now than these "
            "settings were made for. Choose it anew."
        )


def _of_sequence(config: TrainConfig, dataset: PreparedDataset) -> Iterator[Obstacle]:
    index = dataset.index
    known = index["laterality"].notna() & index["view"].notna()
    if config.sequence and not known.any():
        yield Obstacle(
            f"Reading all views of a patient needs to know which breast and which view an image "
            f"shows; the dataset {dataset.info.name!r} does not say. Choose another dataset, or "
            "read one image at a time.",
            "One image at a time",
            {"sequence": None},
        )


def _samples(config: TrainConfig, own: RunData) -> int:
    rows = own.rows(TRAIN)
    if not config.sequence:
        return len(rows)
    return int(own.dataset.index["patient_id"].iloc[rows].nunique())


def _of_measures(config: TrainConfig, blind: list[str]) -> Iterator[Obstacle]:
    """A measure that is never a number would choose no epoch at all."""
    used = {
        "best": config.best,
        "early_stopping.metric": config.early_stopping.metric
        if config.early_stopping.patience
        else "",
        "schedule.metric": config.schedule.metric if config.schedule.name == "plateau" else "",
    }
    lost = {
        key: "validation_loss"
        for key, name in used.items()
        if name.startswith("validation_") and name.removeprefix("validation_") in _NEEDS_TWO_SIDES
    }
    if lost:
        measures = ", ".join(sorted({used[key] for key in lost}))
        yield Obstacle(
            f"{measures} cannot be measured: the validation part of the split {config.split!r} "
            f"has no image of class {', '.join(blind)}. Choose another split, or another measure.",
            "Use the validation loss",
            lost,
        )


def _of_weights(config: TrainConfig) -> Iterator[Obstacle]:
    try:
        planned = plan(config.model)
    except MammolensError:
        return
    for branch in planned:
        if branch.weights and (sentence := weights_at_hand.lacking(branch)):
            yield Obstacle(sentence, "Begin with random weights", _without(config, branch))


def _without(config: TrainConfig, branch: Branch) -> dict[str, Any]:
    own = config.model.options.get(branch.spec.name, {}) if branch.prefix else {}
    if "weights" in own:
        return {f"model.options.{branch.spec.name}.weights": None}
    return {"model.weights": None}
