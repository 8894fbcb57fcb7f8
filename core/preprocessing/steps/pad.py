"""Adds black until the image has the final proportions, so that nothing is distorted."""

import numpy as np

from core.domain.images import Pixels
from core.preprocessing.frame import Frame, shift
from core.preprocessing.step import Parameter, Step

PLACES = ("start", "middle", "end")


def padded_size(size: tuple[int, int], target: tuple[int, int]) -> tuple[int, int]:
    """The smallest (height, width) around `size` with the proportions of the target."""
    height, width = size
    return (
        max(height, round(width * target[0] / target[1])),
        max(width, round(height * target[1] / target[0])),
    )


def margins(total: int, place: str) -> tuple[int, int]:
    """Before and after, where `place` says where the image comes to lie."""
    before = {"start": 0, "middle": total // 2, "end": total}[place]
    return before, total - before


def pad(pixels: Pixels, rows: tuple[int, int], columns: tuple[int, int]) -> Pixels:
    return np.pad(pixels, (rows, columns))


def _apply(frame: Frame, across: str, down: str) -> Frame:
    height, width = padded_size(frame.size, frame.target)
    rows = margins(height - frame.size[0], down)
    columns = margins(width - frame.size[1], across)
    mask = None if frame.mask is None else np.pad(frame.mask, (rows, columns))
    return frame.moved(pad(frame.pixels, rows, columns), mask, shift(-columns[0], -rows[0]))


STEP = Step(
    "pad",
    "Pad to proportions",
    "Adds black until the image has the final proportions, so that nothing is distorted.",
    _apply,
    (
        Parameter(
            "across",
            "Place across",
            "start",
            choices=PLACES,
            help="Start keeps the left edge, where the chest wall is once sides are alike.",
        ),
        Parameter("down", "Place down", "middle", choices=PLACES),
    ),
)
