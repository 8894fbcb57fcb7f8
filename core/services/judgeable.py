"""What can be evaluated on what, told before anything is asked of a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core import paths
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import TEST
from core.errors import ConfigError, MammolensError
from core.services import groups
from core.services.answers import check_spec, missing_answers
from core.services.catalogue import bundles
from core.services.judgement import ALL, cases_of, own_data
from core.services.subjects import subject
from core.training.run_folder import all_runs

SHIPPED = paths.SHIPPED_MODELS

__all__ = [
    "SHIPPED",
    "Choice",
    "Readiness",
    "Stage",
    "choices",
    "is_own",
    "parts",
    "readiness",
    "usual_part",
]


@dataclass(frozen=True)
class Choice:
    """A model or a run by its name; `about` says what it is in a few words."""

    name: str
    title: str
    about: str
    shipped: bool = False


def choices() -> list[Choice]:
    """Published models first, then runs that have a model, the newest first."""
    models = [
        Choice(
            item.name,
            item.card.title,
            "came with Mammolens" if item.shipped else "a model of your own",
            item.shipped,
        )
        for item in bundles()
    ]
    runs = [
        Choice(run.id, _run_title(run.id), "a training run")
        for run in reversed(all_runs())
        if run.model_file.is_file()
    ]
    crossed = [
        Choice(name, _run_title(name), "a cross-validation, out of fold")
        for name in groups.names()
        if (groups.folder(name) / groups.PREDICTIONS).is_file()
    ]
    return [*models, *(item for item in [*crossed, *runs] if item.title)]


def _run_title(name: str) -> str:
    """Empty where the run or its data cannot be read any more."""
    try:
        return subject(name).title
    except MammolensError:
        return ""


class Stage(StrEnum):
    READY = "ready"  # every answer is known: figures are there at once
    ASK = "ask"  # some images must be shown to the model first
    PREPARE = "prepare"  # the set must be prepared the way the model learned it
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Readiness:
    stage: Stage
    images: int = 0
    missing: int = 0
    reason: str = ""


def readiness(
    model: str, dataset: str, *, split: str | None = None, part: str | None = None
) -> Readiness:
    """Loads no model."""
    try:
        asked = cases_of(model, dataset, split=split, part=part)
    except MammolensError as fault:
        return Readiness(Stage.IMPOSSIBLE, reason=str(fault))
    try:
        check_spec(asked.subject, asked.dataset)
    except ConfigError as fault:
        return Readiness(Stage.PREPARE, len(asked.rows), len(asked.rows), str(fault))
    missing = missing_answers(asked.subject, asked.dataset, asked.rows)
    return Readiness(Stage.ASK if missing else Stage.READY, len(asked.rows), missing)


def is_own(model: str, dataset: str) -> bool:
    """Whether the model learned from this dataset."""
    try:
        return own_data(subject(model), open_prepared(dataset))
    except MammolensError:
        return False


def parts(dataset: PreparedDataset, models: Sequence[str]) -> dict[str, tuple[str | None, str]]:
    """What may be measured on, as split and part by a name; all images last.

    Of the models' own data the splits they were trained with come first.
    """
    own = [subject(name).split for name in models if is_own(name, dataset.info.name)]
    names = dict.fromkeys([*(s for s in own if s in dataset.split_names()), *dataset.split_names()])
    offered: dict[str, tuple[str | None, str]] = {}
    for split in names:
        present = set(dataset.split(split).dropna())
        for part in (TEST, "validation", "train"):
            if part in present:
                suffix = f", split {split}" if len(names) > 1 else ""
                offered[f"{part}{suffix}"] = (split, part)
    offered["all images"] = (None, ALL)
    return offered


def usual_part(dataset: PreparedDataset, models: Sequence[str]) -> str:
    """The test part of data that a model learned from; all of any other, or out of fold."""
    own = any(is_own(n, dataset.info.name) and not groups.is_group(n) for n in models)
    return next(iter(parts(dataset, models))) if own else "all images"
