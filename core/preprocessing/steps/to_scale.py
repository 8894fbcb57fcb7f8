"""Resizes so that a pixel covers a given size in the breast, whatever machine took the image."""

from core.domain.preprocess import ScaleSpec, Unit
from core.preprocessing.frame import Frame
from core.preprocessing.resample import resized
from core.preprocessing.scale import factors
from core.preprocessing.step import Parameter, Step


def to_scale(frame: Frame, millimetres: float = 0.4) -> Frame:
    """An image that does not say its pixel size is taken to be 240 mm high."""
    across, down = factors(frame.facts, ScaleSpec(millimetres, Unit.MILLIMETRES))
    done = abs(frame.to_source[0, 0]), abs(frame.to_source[1, 1])
    height = max(1, round(frame.size[0] * done[1] / down))
    width = max(1, round(frame.size[1] * done[0] / across))
    return resized(frame, height, width)


STEP = Step(
    "to_scale",
    "Bring to scale",
    "Resizes so that a pixel covers a given size in the breast, whatever machine took the image.",
    to_scale,
    (Parameter("millimetres", "Millimetres a pixel", 0.4, 0.05, 5.0),),
)
