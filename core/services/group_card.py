"""The card of a model made of all networks of a cross-validation, measured out of fold.

The mean of the networks cannot be measured on their own data, since each image was learned
from by most of them; what the card tells is what each network did with patients it never saw.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.datasets.prepared import PreparedDataset
from core.domain.card import (
    Calibration,
    Interval,
    Member,
    ModelCard,
    OperatingPoint,
    TrainingData,
)
from core.domain.groups import Group
from core.models.catalogue import explanation_layer, listing
from core.services import groups, out_of_fold, run_card
from core.services.closer_look import CloserLook, closer_look
from core.training.data import RunData
from core.training.provenance import versions

BETTER = (
    "The mean of the networks, which is what answers, was not itself measured; it is usually "
    "somewhat better than the figures given here"
)


@dataclass(frozen=True)
class Measured:
    """Out of fold: `where` says on what, in words."""

    figures: dict[str, Interval]
    point: OperatingPoint
    where: str
    closer: CloserLook


def measured(group: Group, dataset: PreparedDataset) -> Measured:
    found = out_of_fold.result(group)
    name = dataset.info.name
    point = OperatingPoint(
        min(found.threshold, 1.0),
        found.positive,
        f"validation parts of the folds of {name}",
        "The middle of the thresholds of the folds, each the highest that still finds "
        f"{run_card.LEAST_SENSITIVITY:.0%} of the {' or '.join(found.positive)} images of all "
        "folds' validation parts, without the patients that the fold is judged on: a false alarm "
        "is preferred to a miss.",
    )
    where = (
        f"images of {name} in cross-validation: {found.cases} images of {found.patients} patients, "
        f"each judged by a network that never saw its patient. {BETTER}"
    )
    closer = _closer(group, dataset, found.threshold)
    return Measured({**found.pooled, **closer.breast}, point, where, closer)


def _closer(group: Group, dataset: PreparedDataset, threshold: float) -> CloserLook:
    """With several seeds, of the mean of those networks that never saw the patient."""
    logits = out_of_fold.answers_of(out_of_fold.predictions(group))
    index = dataset.index.set_index("image_id", drop=False).loc[logits.index]
    sample = out_of_fold.sample_of(index.join(logits), group.training.model.classes, threshold)
    return closer_look(index, sample)


def make(
    name: str,
    title: str,
    group: Group,
    run_data: Sequence[RunData],
    members: tuple[Member, ...],
    figures: Measured,
    fitness: dict[str, Any],
) -> ModelCard:
    config, info = group.training, run_data[0].dataset.info
    network = listing(config.model.name).title
    return ModelCard(
        name=name,
        title=title or group.title or config.title or f"{len(members)} {network} on {info.name}",
        summary=_summary(group, run_data[0], network),
        intended_use=run_card.INTENDED,
        weaknesses=_weaknesses(run_data, figures),
        task=info.task,
        classes=run_card.classes_of(info.task, run_data[0].classes),
        preprocessing=info.spec,
        model=asdict(config.model),
        training=_training(group),
        data=_data(group, run_data),
        metrics=figures.figures,
        measured_on=figures.where,
        operating_point=figures.point,
        calibration=Calibration(1.0, f"validation parts of all folds of {info.name}"),
        explanation_layer=explanation_layer(config.model),
        versions=versions(),
        fitness=fitness,
        members=members,
        by_group=figures.closer.by_group,
        baselines=figures.closer.baselines,
    )


def _summary(group: Group, data: RunData, network: str) -> str:
    info, config = data.dataset.info, group.training
    kind = "synthetic images" if info.synthetic else "images"
    return (
        f"{len(group.runs)} networks ({network}), {len(info.classes)} classes, each trained on "
        f"other patients, answer together; {kind} of {config.model.width} by "
        f"{config.model.height} pixels."
    )


def _weaknesses(run_data: Sequence[RunData], figures: Measured) -> tuple[str, ...]:
    found = [text for one in run_data for text in run_card.weaknesses(one, figures.where)]
    asked = (
        f"{BETTER}. At the decision line its sensitivity and specificity may differ a little.",
        f"It asks {len(run_data)} networks, so an answer takes about {len(run_data)} times as long "
        "as one network's.",
    )
    return (*dict.fromkeys(found), *asked)


def _training(group: Group) -> dict[str, Any]:
    seen = [status for status in groups.statuses(group) if status]
    folder = groups.run_folder(group.runs[0].run)
    return {
        **group.training.to_dict(),
        "group": group.id,
        "folds": group.folds,
        "seeds": list(group.seeds),
        "validation": group.validation,
        "keep_test": group.keep_test,
        "created": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(group.created)),
        "commit": folder.document().get("commit", "") if folder else "",
        "seconds": round(sum(max(one.ended - one.started, 0.0) for one in seen), 1),
        "epochs_done": max((one.epoch for one in seen), default=0),
        "best": None,
        "published": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def _data(group: Group, run_data: Sequence[RunData]) -> TrainingData:
    """Everything that some network learned from, chose its best epoch on, or was measured on."""
    first = run_data[0]
    info, index = first.dataset.info, first.dataset.index
    taking_part = np.array([part is not None and part == part for part in first.parts])
    rows = np.flatnonzero(taking_part & (first.targets >= 0))
    counts = np.bincount(first.targets[rows], minlength=len(info.classes)).tolist()
    return TrainingData(
        dataset=info.name,
        synthetic=info.synthetic,
        images=len(rows),
        patients=int(index["patient_id"].iloc[rows].nunique()),
        split=group.keep_test,
        terms=info.terms,
        details={
            "format": info.format,
            "classes": dict(zip(info.classes, counts, strict=True)),
            "checksums": info.checksums,
        },
    )
