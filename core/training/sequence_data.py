"""Patients instead of images: all views of one, in order, with what is known of them.

A prepared dataset stays as it is; here its rows are arranged by patient, and each breast
is a question of its own.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.cases import Case, Metadata, Side, View
from core.domain.dataset import TRAIN
from core.domain.models import ModelConfig, SequenceConfig
from core.domain.training import Sequence, TrainConfig
from core.models.context import ContextEncoder
from core.training.atomic import write_text
from core.training.data import RunData
from core.training.rows import IMAGES, Inputs, RowReader

CONTEXT_FILE = "context.json"
SIDES = (Side.LEFT, Side.RIGHT)

Rows = NDArray[np.int64]
Arrays = dict[str, NDArray[Any]]


class PatientReader:
    """Gathers the views of patients; what is not a picture was arranged beforehand."""

    def __init__(self, images: NDArray[np.generic], arranged: Arrays) -> None:
        self._rows = RowReader(images)
        self._places = arranged[IMAGES][..., 0, 0, 0].astype(np.int64)
        self._others = {name: values for name, values in arranged.items() if name != IMAGES}
        self.shape, self.views = self._rows.shape, self._places.shape[1]

    def read(self, rows: Rows) -> Inputs:
        views = self._rows.read(self._places[rows].ravel())
        pictures = views.reshape(len(rows), self.views, *self.shape)
        return {IMAGES: pictures, **{name: values[rows] for name, values in self._others.items()}}

    def close(self) -> None:
        self._rows.close()


@dataclass(frozen=True)
class PatientData(RunData):
    """`rows` and `targets` count patients; a target is (left, right), -1 without a view."""

    patients: tuple[str, ...] = ()
    arranged: Arrays | None = None
    told: tuple[str, ...] = ()
    first_rows: Rows | None = None  # (patients, 2): where a breast's first image stands, or -1

    def rows(self, part: str) -> Rows:
        return np.flatnonzero((self.parts == part) & (self.targets >= 0).any(axis=1))

    @property
    def strata(self) -> Rows:
        return np.asarray(self.targets.max(axis=1), np.int64)

    def reader(self) -> PatientReader:
        return PatientReader(self.dataset.images, self.arranged or {})

    def notes(self) -> list[str]:
        return list(self.told)


def by_patient(config: TrainConfig, data: RunData, folder: Path) -> PatientData:
    """What is known of patients is scaled by the training part, once for the whole run."""
    assert config.sequence is not None
    groups = _grouped(data)
    learned = [_cases(group) for group in groups if group["side_of"].iloc[0] == TRAIN]
    arranged = arrange(data, config.sequence.slots, _encoder(folder, learned, config.sequence))
    return replace(arranged, told=tuple(data.notes()))


def arrange(data: RunData, slots: int, code: ContextEncoder) -> PatientData:
    """Patients as a model reads them that knows their context by this code."""
    groups = _grouped(data)
    return PatientData(
        data.dataset,
        np.stack([_targets(data, group) for group in groups]),
        np.array([group["side_of"].iloc[0] for group in groups], object),
        patients=tuple(str(group["patient_id"].iloc[0]) for group in groups),
        arranged=_arranged(slots, groups, [_cases(group) for group in groups], code),
        first_rows=np.stack([_first_rows(group) for group in groups]),
    )


def _grouped(data: RunData) -> list[pd.DataFrame]:
    """Images of no part are left out; a patient in two parts is read once in each."""
    table = data.dataset.index.assign(row=np.arange(len(data.targets)), side_of=data.parts)
    return [group for _, group in table.groupby(["patient_id", "side_of"], sort=True)]


def _cases(group: pd.DataFrame) -> list[Case]:
    return [_case(row) for row in group.to_dict("records")]


def sequence_config(config: TrainConfig, folder: Path) -> SequenceConfig:
    """After `by_patient`, which leaves the scale of the context with the run."""
    assert config.sequence is not None
    encoder = ContextEncoder.from_json((folder / CONTEXT_FILE).read_text(encoding="utf-8"))
    asked = config.sequence
    return SequenceConfig(
        config.model, encoder.width, asked.slots, asked.recurrent, asked.units, asked.dropout
    )


def _encoder(folder: Path, patients: list[list[Case]], asked: Sequence) -> ContextEncoder:
    file = folder / CONTEXT_FILE
    if not file.exists():
        known = (case.metadata for cases in patients for case in cases)
        fitted = ContextEncoder.fit(known, asked.context)
        write_text(file, fitted.to_json())
    return ContextEncoder.from_json(file.read_text(encoding="utf-8"))


def _arranged(
    slots: int, groups: list[pd.DataFrame], cases: list[list[Case]], code: ContextEncoder
) -> Arrays:
    """The inputs of all patients with, in place of each picture, the row it stands in."""
    from core.models.views import batch

    small = SequenceConfig(ModelConfig("", 1, 1, ()), code.width, slots)
    views = [
        [(case, np.full((1, 1), row, np.float32)) for case, row in zip(own, rows, strict=True)]
        for own, rows in zip(cases, (group["row"] for group in groups), strict=True)
    ]
    return batch(views, small, code)


def _targets(data: RunData, group: pd.DataFrame) -> Rows:
    """A breast is positive when any of its images is; an image of unknown side is of both."""
    known = data.targets[group["row"].to_numpy()]
    return np.array([known[own].max(initial=-1) for own in _of_sides(group)], np.int64)


def _first_rows(group: pd.DataFrame) -> Rows:
    rows = group["row"].to_numpy()
    return np.array([rows[own][0] if own.any() else -1 for own in _of_sides(group)], np.int64)


def _of_sides(group: pd.DataFrame) -> list[NDArray[np.bool_]]:
    sides = group["laterality"].to_numpy(object)
    return [np.asarray((sides == side.value) | pd.isna(sides), bool) for side in SIDES]


def _case(row: dict[Any, Any]) -> Case:
    known = {name: None if _missing(value) else value for name, value in row.items()}
    return Case(
        image_id=str(row["image_id"]),
        patient_id=str(row["patient_id"]),
        source=str(known["source"] or ""),
        path="",
        laterality=Side(known["laterality"]) if known["laterality"] else None,
        view=View(known["view"]) if known["view"] else None,
        metadata=Metadata(
            age=known["age"],
            density=known["density"],
            implant=None if known["implant"] is None else bool(known["implant"]),
            machine=known["machine"],
            exam=known["exam"],
        ),
    )


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, list | tuple | np.ndarray) and pd.isna(value))
