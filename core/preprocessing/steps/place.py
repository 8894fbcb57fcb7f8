"""Brings the image to the final size without resizing: black is added, what is beyond is cut."""

import numpy as np

from core.preprocessing.frame import Frame, shift
from core.preprocessing.step import Parameter, Step
from core.preprocessing.steps.pad import PLACES


def place(frame: Frame, across: str = "start", down: str = "middle") -> Frame:
    top, rows, from_rows = _fitted(frame.size[0], frame.target[0], down)
    left, columns, from_columns = _fitted(frame.size[1], frame.target[1], across)
    pixels, mask = np.zeros(frame.target, np.float32), np.zeros(frame.target, bool)
    pixels[rows, columns] = frame.pixels[from_rows, from_columns]
    if frame.mask is None:
        return frame.moved(pixels, None, shift(-left, -top))
    mask[rows, columns] = frame.mask[from_rows, from_columns]
    return frame.moved(pixels, mask, shift(-left, -top))


def _fitted(length: int, target: int, where: str) -> tuple[int, slice, slice]:
    """How far the image moves, and which part of the target is filled from which part of it."""
    room = target - length
    before = {"start": 0, "middle": room // 2, "end": room}[where]
    first, last = max(0, before), min(target, before + length)
    return before, slice(first, last), slice(first - before, last - before)


STEP = Step(
    "place",
    "Place without resizing",
    "Brings the image to the final size without resizing: black is added, what is beyond is cut.",
    place,
    (
        Parameter(
            "across",
            "Edge kept across",
            "start",
            choices=PLACES,
            help="Start keeps the left edge, where the chest wall is once sides are alike.",
        ),
        Parameter("down", "Edge kept down", "middle", choices=PLACES),
    ),
)
