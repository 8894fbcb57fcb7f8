"""Cuts away what lies around the breast, with a small margin left."""

import numpy as np

from core.preprocessing.breast import breast_mask
from core.preprocessing.frame import Frame, Mask, shift
from core.preprocessing.step import Parameter, Step


def breast_box(mask: Mask, margin: float = 0.02) -> tuple[slice, slice]:
    """Rows and columns around the mask; the margin is a share of the box's longer side."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return slice(0, mask.shape[0]), slice(0, mask.shape[1])
    room = round(margin * max(rows[-1] - rows[0], columns[-1] - columns[0]))
    return (
        slice(max(0, int(rows[0]) - room), int(rows[-1]) + 1 + room),
        slice(max(0, int(columns[0]) - room), int(columns[-1]) + 1 + room),
    )


def crop_breast(frame: Frame, margin: float = 0.02) -> Frame:
    mask = breast_mask(frame.pixels) if frame.mask is None else frame.mask
    rows, columns = breast_box(mask, margin)
    return frame.moved(
        frame.pixels[rows, columns], mask[rows, columns], shift(columns.start, rows.start)
    )


STEP = Step(
    "crop_breast",
    "Crop to the breast",
    "Cuts away what lies around the breast, with a small margin left.",
    crop_breast,
    (Parameter("margin", "Margin", 0.02, 0.0, 0.5, help="As a share of the breast's length."),),
)
