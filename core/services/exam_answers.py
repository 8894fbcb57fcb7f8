"""An exam model's answers to a dataset: one for each breast, kept beside those for images.

A breast stands at the row of its first image, so that whatever is known of images
(patient, age, density, machine) is known of it.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.datasets.prepared import PreparedDataset
from core.models.context import ContextEncoder
from core.services import exam_models
from core.services.answers import (
    Progress,
    answer_table,
    answers_file,
    check_spec,
    held_out,
    read_kept,
    write_kept,
)
from core.services.subjects import Subject
from core.training.data import RunData
from core.training.predictions import breast
from core.training.sequence_data import SIDES, PatientData, arrange

ASKED = "asked"
UNTOLD = ContextEncoder(0.0, 1.0, ())  # where answers are there already, nobody reads a context
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Breasts:
    """`rows` are places in the dataset's table; the others are in their order."""

    rows: Rows
    targets: Rows
    logits: NDArray[np.float64]


def breasts(
    item: Subject, dataset: PreparedDataset, rows: Rows, targets: Rows, say: Progress
) -> Breasts:
    """Of the images at `rows`, whose classes are `targets`."""
    check_spec(item, dataset)
    model = None if item.out_of_fold else exam_models.load(item.model_file)
    slots, code = (model.config.slots, model.encoder) if model else (1, UNTOLD)
    count = len(dataset.index)
    of_all, chosen = np.full(count, -1, np.int64), np.zeros(count, bool)
    of_all[rows], chosen[rows] = targets, True
    parts = np.array([ASKED if one else None for one in chosen], object)
    data = arrange(RunData(dataset, of_all, parts), slots, code)
    assert data.first_rows is not None
    patient, side = np.nonzero(data.targets >= 0)
    if model:
        logits = _kept(item, dataset, chosen, data, model, say)[patient, side][:, None]
    else:
        logits = _held_out(item, dataset, [data.patients[place] for place in patient], side)
    return Breasts(data.first_rows[patient, side], data.targets[patient, side], logits)


def _held_out(
    item: Subject, dataset: PreparedDataset, patients: list[str], sides: Rows
) -> NDArray[np.float64]:
    """By the network of the fold that held the patient out; no network is asked."""
    names = [breast(own, SIDES[side]) for own, side in zip(patients, sides, strict=True)]
    return np.asarray(held_out(item, dataset).reindex(names), np.float64)


def _kept(
    item: Subject,
    dataset: PreparedDataset,
    chosen: NDArray[np.bool_],
    data: PatientData,
    model: exam_models.ExamModel,
    say: Progress,
) -> NDArray[np.float64]:
    """(patients, 2); the file is named by the images asked about, which decide the answers."""
    file = answers_file(item, dataset)
    views = hashlib.sha256(np.packbits(chosen).tobytes()).hexdigest()[:12]
    file = file.with_stem(f"{file.stem}-{views}")
    known = read_kept(file)
    if len(known) != len(data.patients):
        every = np.arange(len(data.patients))
        known = answer_table(item, dataset, every, model.of_patients(data, every))
        write_kept(file, known)
    say(len(known), len(known))
    return np.asarray(known, np.float64)
