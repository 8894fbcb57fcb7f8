"""The card of a run's model: calibrated and given a threshold on validation, measured on test."""

import time
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from core.domain.card import (
    Calibration,
    ClassCard,
    Kind,
    ModelCard,
    OperatingPoint,
    TrainingData,
)
from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.domain.tasks import TASKS
from core.domain.training import TrainConfig
from core.errors import InputError
from core.evaluation.calibration import fit_temperature, to_probabilities
from core.evaluation.figures import measure
from core.evaluation.operating_point import choose
from core.evaluation.sample import Sample, make_sample
from core.models.catalogue import explanation_layer, listing
from core.services import whole_image
from core.services.closer_look import CloserLook, closer_look
from core.services.subjects import kind_of
from core.training.data import RunData
from core.training.epoch_figures import positive_classes
from core.training.predictions import logit_columns
from core.training.provenance import versions
from core.training.run_folder import RunFolder

LEAST_SENSITIVITY = 0.9
INTENDED = "Research and teaching with mammograms. Not for the diagnosis of patients."


def make(
    name: str,
    title: str,
    folder: RunFolder,
    run_data: RunData,
    answers: pd.DataFrame,
    fitness: dict[str, Any],
) -> ModelCard:
    config, info = folder.config(), run_data.dataset.info
    network = listing(config.model.name).title
    unit = "breasts" if config.sequence else "images"
    calibration, point, metrics, measured_on, closer = _judge(run_data, answers, unit)
    return ModelCard(
        name=name,
        title=title or config.title or f"{network} on {info.name}",
        summary=_summary(config, run_data, network),
        intended_use=INTENDED,
        weaknesses=(*weaknesses(run_data, measured_on), *_of_kind(kind_of(config, info))),
        task=info.task,
        classes=classes_of(info.task, run_data.classes),
        preprocessing=info.spec,
        model=asdict(config.model),
        training=_training(folder, config),
        data=_data(config, run_data),
        metrics=metrics,
        measured_on=measured_on,
        operating_point=point,
        calibration=calibration,
        explanation_layer=explanation_layer(config.model),
        versions=versions(),
        fitness=fitness,
        kind=kind_of(config, info),
        whole=_whole(folder, run_data) if kind_of(config, info) == "patch" else {},
        by_group=closer.by_group,
        baselines=closer.baselines,
    )


def _whole(folder: RunFolder, run_data: RunData) -> dict[str, Any]:
    mosaic = whole_image.mosaic(run_data, run_data.rows(VALIDATION))
    return whole_image.described(folder.model_file, mosaic)


def _judge(run_data: RunData, answers: pd.DataFrame, unit: str) -> tuple[Any, ...]:
    known = answers[answers["part"] == VALIDATION]
    place = {label: number for number, label in enumerate(run_data.classes)}
    temperature = fit_temperature(logit_columns(known), known["class"].map(place))
    point = _point(run_data, known, temperature, unit)
    test = answers[answers["part"] == TEST]
    # Without a test part there is only the part that every choice was made on.
    asked, part = (test, TEST) if len(test) else (known, VALIDATION)
    sample = make_sample(
        asked["class"].map(place),
        to_probabilities(logit_columns(asked), temperature),
        asked["patient_id"],
        classes=run_data.classes,
        positive=point.positive,
        threshold=point.threshold,
    )
    closer = _closer(run_data, asked, sample, unit)
    measured = {**measure(sample).figures, **closer.breast}
    name = run_data.dataset.info.name
    patients = asked["patient_id"].nunique()
    measured_on = f"{part} part of {name}: {len(asked)} {unit} of {patients} patients"
    fitted = Calibration(temperature, f"validation part of {name}")
    return fitted, point, measured, measured_on, closer


def _closer(run_data: RunData, asked: pd.DataFrame, sample: Sample, unit: str) -> CloserLook:
    if unit != "images":
        return CloserLook()  # answers for breasts have no row of their own in the table
    index = run_data.dataset.index.set_index("image_id", drop=False).loc[asked["image_id"]]
    patches = run_data.dataset.info.spec.scale
    return closer_look(index, sample, breasts=not patches)


def _point(run_data: RunData, known: pd.DataFrame, temperature: float, unit: str) -> OperatingPoint:
    positive = positive_classes(run_data.classes)
    chosen = [run_data.classes.index(label) for label in positive]
    scores = to_probabilities(logit_columns(known), temperature)[:, chosen].sum(axis=1)
    truth = known["class"].isin(positive)
    where = f"validation part of {run_data.dataset.info.name}"
    try:
        threshold = choose(truth, scores, "sensitivity", at_least=LEAST_SENSITIVITY)
    except InputError as fault:
        return OperatingPoint(0.5, positive, where, f"0.5 for want of a better one: {fault}")
    reason = (
        f"The highest threshold that still finds {LEAST_SENSITIVITY:.0%} of the "
        f"{' or '.join(positive)} {unit}: a false alarm is preferred to a miss."
    )
    return OperatingPoint(min(threshold, 1.0), positive, where, reason)


def _summary(config: TrainConfig, run_data: RunData, network: str) -> str:
    info = run_data.dataset.info
    kind = "synthetic images" if info.synthetic else "images"
    learned = len(run_data.rows(TRAIN))
    size = f"{config.model.width} by {config.model.height} pixels"
    if config.sequence:
        return (
            f"All views of a patient read by {network} and a {config.sequence.recurrent.upper()}, "
            f"an answer for each breast, trained on {learned} {kind} of {size}."
        )
    return f"{network}, {len(info.classes)} classes, trained on {learned} {kind} of {size}."


def _of_kind(kind: Kind) -> tuple[str, ...]:
    """What a person must know before asking it."""
    if kind == "exam":
        return ("It answers for whole exams: an exam with missing views is answered with less.",)
    if kind == "patch":
        return (
            "It learned from patches. Of a whole image it says what its most suspicious place "
            "looks like, so it raises alarms more often than its figures on patches say.",
        )
    return ()


def weaknesses(run_data: RunData, measured_on: str) -> tuple[str, ...]:
    info, found = run_data.dataset.info, []
    if info.synthetic:
        found.append(
            "It learned from synthetic images only and says nothing about real mammograms."
        )
    if measured_on.startswith(VALIDATION):
        found.append("Its figures come from images that chose its best epoch: too good.")
    found += run_data.notes()
    counts = np.bincount(run_data.targets[run_data.rows(TRAIN)], minlength=len(info.classes))
    rare = [label for label, n in zip(info.classes, counts, strict=True) if n < counts.mean() / 4]
    if rare:
        found.append(f"It saw few images of {', '.join(rare)}.")
    sources = run_data.dataset.index["source"].nunique()
    if sources <= 1:
        found.append("All its images come from one source; others may look strange to it.")
    return tuple(found)


def classes_of(task: str, names: tuple[str, ...]) -> tuple[ClassCard, ...]:
    known = {info.name: info for info in TASKS[task].classes} if task in TASKS else {}
    return tuple(
        ClassCard(name, known[name].title, known[name].plain)
        if name in known
        else ClassCard(name, name.replace("_", " ").capitalize(), f"The model's answer is {name}.")
        for name in names
    )


def _training(folder: RunFolder, config: TrainConfig) -> dict[str, Any]:
    document, status = folder.document(), folder.status()
    return {
        **config.to_dict(),
        "run": folder.id,
        "created": document.get("created", ""),
        "commit": document.get("commit", ""),
        "seconds": round(max(status.ended - status.started, 0.0), 1),
        "epochs_done": status.epoch,
        "best": asdict(status.best) if status.best else None,
        "published": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def _data(config: TrainConfig, run_data: RunData) -> TrainingData:
    info, rows = run_data.dataset.info, run_data.rows(TRAIN)
    owners = run_data.dataset.index["patient_id"].to_numpy()[rows]
    counts = np.bincount(run_data.targets[rows], minlength=len(info.classes)).tolist()
    return TrainingData(
        dataset=info.name,
        synthetic=info.synthetic,
        images=len(rows),
        patients=len(set(owners)),
        split=config.split,
        terms=info.terms,
        details={
            "format": info.format,
            "classes": dict(zip(info.classes, counts, strict=True)),
            "checksums": info.checksums,
        },
    )
