"""Cuts out the place that stands out most from its surroundings, with a margin left."""

from core.preprocessing.breast import breast_mask
from core.preprocessing.frame import Frame, shift
from core.preprocessing.regions import propose
from core.preprocessing.step import Parameter, Step
from core.preprocessing.steps.crop_breast import breast_box


def crop_region(
    frame: Frame, sensitivity: float = 1.0, margin: float = 0.05, least: float = 0.15
) -> Frame:
    """The whole breast where nothing stands out. `least` is of the image's shorter side."""
    found = propose(frame.pixels, frame.mask, most=1, sensitivity=sensitivity, margin=margin)
    mask = breast_mask(frame.pixels) if frame.mask is None else frame.mask
    rows, columns = breast_box(found[0].mask if found else mask, 0.0)
    side = round(least * min(frame.size))
    rows, columns = _widened(rows, side, frame.size[0]), _widened(columns, side, frame.size[1])
    kept = None if frame.mask is None else frame.mask[rows, columns]
    return frame.moved(frame.pixels[rows, columns], kept, shift(columns.start, rows.start))


def _widened(part: slice, least: int, length: int) -> slice:
    """At least so long, moved into the image where it would leave it."""
    own = part.stop - part.start
    size = min(length, max(least, own))
    start = min(max(0, part.start - (size - own) // 2), length - size)
    return slice(start, start + size)


STEP = Step(
    "crop_region",
    "Crop to the most suspicious region",
    "Cuts out the place that stands out most from its surroundings, with a margin left.",
    crop_region,
    (
        Parameter(
            "sensitivity",
            "How far it must stand out",
            1.0,
            0.0,
            5.0,
            help="In deviations of brightness from its surroundings; lower finds more.",
        ),
        Parameter("margin", "Margin", 0.05, 0.0, 0.5, help="As a share of the breast's size."),
        Parameter(
            "least",
            "Smallest cut",
            0.15,
            0.01,
            1.0,
            help="As a share of the image's shorter side, so that a tiny region keeps some tissue.",
        ),
    ),
)
