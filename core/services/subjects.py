"""What can be judged: a model by its name, a run or a cross-validation by its id, in one shape."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd

from core.datasets.prepared import open_prepared
from core.domain.card import (
    Calibration,
    ClassCard,
    Kind,
    Member,
    ModelCard,
    OperatingPoint,
)
from core.domain.dataset import VALIDATION, DatasetInfo
from core.domain.groups import Group
from core.domain.models import ModelConfig
from core.domain.preprocess import PreprocessSpec
from core.domain.tasks import TASKS
from core.domain.training import TrainConfig
from core.errors import InputError, NotFound
from core.evaluation.calibration import fit_temperature, to_probabilities
from core.evaluation.operating_point import choose
from core.models.catalogue import explanation_layer
from core.models.ensemble import files_of
from core.services import groups, out_of_fold
from core.services.catalogue import Bundle, bundle, bundles
from core.training.epoch_figures import positive_classes
from core.training.predictions import logit_columns
from core.training.run_folder import RunFolder, all_runs, find_run

LEAST_SENSITIVITY = 0.9
UNFITTED = "nothing: this run has answered no validation images yet"


@dataclass(frozen=True)
class Subject:
    """`trained_on` and `split` name the training data; `run` is there where its folder is."""

    name: str
    title: str
    model_file: Path
    classes: tuple[ClassCard, ...]
    task: str
    spec: PreprocessSpec
    point: OperatingPoint
    calibration: Calibration
    trained_on: str
    split: str
    explanation_layer: str
    recipe: str = ""
    run: RunFolder | None = None
    card: ModelCard | None = None
    checksums: dict[str, str] = field(default_factory=dict)  # of the training data
    kind: Kind = "image"
    out_of_fold: str = ""  # the group whose held-out answers these are; it asks no network

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.classes)

    @property
    def members(self) -> tuple[Member, ...]:
        """Several networks that answer together; empty for one."""
        return self.card.members if self.card else ()

    @property
    def positive(self) -> tuple[str, ...]:
        return self.point.positive


def subject(name: str) -> Subject:
    """A model before a run, should both have the name."""
    if name in {item.name for item in bundles()}:
        return _of_bundle(bundle(name))
    if groups.is_group(name):
        return _of_group(groups.find(name))
    try:
        folder = find_run(name)
    except NotFound:
        models = ", ".join(item.name for item in bundles()) or "none yet"
        runs = ", ".join(run.id for run in all_runs()[-5:]) or "none yet"
        raise NotFound(
            f"There is no model, run or group {name!r}. Models: {models}. Latest runs: {runs}."
        ) from None
    return _of_run(folder)


def _of_bundle(item: Bundle) -> Subject:
    card = item.card
    return Subject(
        name=item.name,
        title=card.title,
        model_file=item.model_file,
        classes=card.classes,
        task=card.task,
        spec=card.preprocessing,
        point=card.operating_point,
        calibration=card.calibration,
        trained_on=card.data.dataset,
        split=card.data.split,
        explanation_layer=card.explanation_layer,
        recipe=str(card.training.get("recipe") or ""),
        run=_run_of(card),
        card=card,
        checksums=dict(card.data.details.get("checksums", {})),
        kind=card.kind,
    )


def _of_group(group: Group) -> Subject:
    """Each image answered by the network of the fold that held it out."""
    table, config = out_of_fold.whole(group), group.training
    info = open_prepared(config.dataset).info
    where = f"{VALIDATION} parts of the folds of {info.name}"
    reason = "The middle of the thresholds of the folds, chosen on their validation parts."
    threshold = out_of_fold.common_threshold(table)
    return Subject(
        name=group.id,
        title=f"{group.title or config.title or config.model.name}, out of fold",
        model_file=groups.folder(group.id) / groups.PREDICTIONS,
        classes=_class_cards(info.task, config.model.classes),
        task=info.task,
        spec=info.spec,
        point=OperatingPoint(threshold, positive_classes(config.model.classes), where, reason),
        calibration=Calibration(1.0, where),
        trained_on=info.name,
        split="",
        explanation_layer=explanation_layer(config.model),
        recipe=config.recipe,
        checksums=info.checksums,
        kind=kind_of(config, info),
        out_of_fold=group.id,
    )


def kind_of(config: TrainConfig, info: DatasetInfo) -> Kind:
    """What a run's model is asked about."""
    if config.sequence:
        return "exam"
    # A scale is what patches are cut at; whole images are brought to a size.
    return "patch" if info.spec.scale else "image"


def _run_of(card: ModelCard) -> RunFolder | None:
    name = card.training.get("run")
    try:
        return find_run(str(name)) if name else None
    except NotFound:
        return None


def _of_run(folder: RunFolder) -> Subject:
    if not folder.model_file.is_file():
        raise InputError(
            f"Run {folder.id} has no model yet: it is {folder.status().state}. Wait for its first "
            "epoch to end."
        )
    config = folder.config()
    info = open_prepared(config.dataset).info
    calibration, point = _fitted(folder, config.model, info.name)
    return Subject(
        name=folder.id,
        title=config.title or f"{config.model.name}, run {folder.id}",
        model_file=folder.model_file,
        classes=_class_cards(info.task, config.model.classes),
        task=info.task,
        spec=info.spec,
        point=point,
        calibration=calibration,
        trained_on=info.name,
        split=config.split,
        explanation_layer=explanation_layer(config.model),
        recipe=config.recipe,
        run=folder,
        checksums=info.checksums,
        kind=kind_of(config, info),
    )


def _fitted(
    folder: RunFolder, model: ModelConfig, dataset: str
) -> tuple[Calibration, OperatingPoint]:
    """From the run's answers to its validation images, as publishing would do it."""
    positive = positive_classes(model.classes)
    if not folder.predictions_file.is_file():
        return Calibration(), OperatingPoint(0.5, positive, UNFITTED, "0.5 for want of a choice")
    answers = pd.read_parquet(folder.predictions_file)
    known = answers[answers["part"] == VALIDATION]
    logits, truth = logit_columns(known), known["class"].map(model.classes.index)
    where = f"{VALIDATION} part of {dataset}"
    temperature = fit_temperature(logits, truth)
    places = [model.classes.index(name) for name in positive]
    scores = to_probabilities(logits, temperature)[:, places].sum(axis=1)
    try:
        threshold = choose(
            known["class"].isin(positive), scores, "sensitivity", at_least=LEAST_SENSITIVITY
        )
    except InputError as fault:
        point = OperatingPoint(0.5, positive, where, f"0.5 for want of a better one: {fault}")
    else:
        reason = f"The highest threshold that still finds {LEAST_SENSITIVITY:.0%} of positives."
        point = OperatingPoint(threshold, positive, where, reason)
    return Calibration(temperature, where), point


def _class_cards(task: str, names: tuple[str, ...]) -> tuple[ClassCard, ...]:
    known = {info.name: info for info in TASKS[task].classes} if task in TASKS else {}
    return tuple(
        ClassCard(name, known[name].title, known[name].plain)
        if name in known
        else ClassCard(name, name.replace("_", " ").capitalize(), f"The answer is {name}.")
        for name in names
    )


@lru_cache(maxsize=64)
def _digest(path: str, modified: int, size: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(item: Subject) -> str:
    """Changes when the model file does, or any of several and how they are put together."""
    if not item.members:
        return _digest_of(item.model_file)
    files = files_of(item.model_file, item.members)
    known = [
        (_digest_of(file), member.temperature, member.shift)
        for file, member in zip(files, item.members, strict=True)
    ]
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _digest_of(file: Path) -> str:
    about = file.stat()
    return _digest(str(file.resolve()), about.st_mtime_ns, about.st_size)
