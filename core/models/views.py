"""A patient's views put in order, as the sequence model reads them: the oldest exam first."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Case, Side, View
from core.domain.images import Pixels
from core.domain.models import SequenceConfig
from core.models import sequence
from core.models.context import ContextEncoder

VIEW_CODES = {View.CC: 1, View.MLO: 2}
SIDE_CODES = {Side.LEFT: 1, Side.RIGHT: 2}

Views = Sequence[tuple[Case, Pixels]]


def batch(
    patients: Sequence[Views], config: SequenceConfig, encoder: ContextEncoder
) -> dict[str, NDArray[np.generic]]:
    """Inputs of the sequence model. Of too many views, the oldest are left out."""
    count, slots = len(patients), config.slots
    shape = (count, slots, config.view.height, config.view.width, 1)
    made: dict[str, NDArray[np.generic]] = {
        sequence.IMAGES: np.zeros(shape, np.float32),
        sequence.CONTEXT: np.zeros((count, slots, encoder.width), np.float32),
    }
    for name in (sequence.VIEW, sequence.SIDE, sequence.EXAM, sequence.PRESENT):
        made[name] = np.zeros((count, slots), np.int32)
    for row, views in enumerate(patients):
        _fill({name: array[row] for name, array in made.items()}, views, slots, encoder)
    return made


def _fill(
    row: dict[str, NDArray[np.generic]], views: Views, slots: int, encoder: ContextEncoder
) -> None:
    cases = [case for case, _ in views]
    ages, order = exam_ages(cases), reading_order(cases, slots)
    for slot, index in enumerate(order):
        case, pixels = views[index]
        row[sequence.IMAGES][slot, ..., 0] = pixels
        row[sequence.CONTEXT][slot] = encoder.encode(case.metadata)
        row[sequence.VIEW][slot] = VIEW_CODES.get(case.view, 0) if case.view else 0
        row[sequence.SIDE][slot] = SIDE_CODES[case.laterality] if case.laterality else 0
        row[sequence.EXAM][slot] = min(ages[index], sequence.EXAMS - 1)
        row[sequence.PRESENT][slot] = 1
    if order:
        # Never read, but batch normalisation sees them: black pictures would mislead it.
        row[sequence.IMAGES][len(order) :] = row[sequence.IMAGES][0]


def reading_order(cases: Sequence[Case], slots: int) -> list[int]:
    """Places of the views in the order in which they are read; of too many, the newest."""
    ages = exam_ages(cases)
    return sorted(range(len(cases)), key=lambda i: (-ages[i], _place(cases[i])))[-slots:]


def exam_ages(cases: Sequence[Case]) -> list[int]:
    """How many exams ago each view was taken; a view of no known exam is of the newest."""
    exams = sorted({c.metadata.exam for c in cases if c.metadata.exam is not None}, key=_natural)
    newest = len(exams) - 1
    return [0 if c.metadata.exam is None else newest - exams.index(c.metadata.exam) for c in cases]


def _natural(name: str) -> list[tuple[int, int, str]]:
    """`exam 9` comes before `exam 10`."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _place(case: Case) -> tuple[str, str, str]:
    return (case.laterality or "", case.view or "", case.image_id)
