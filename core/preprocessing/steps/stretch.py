"""Resizes to the final size whatever the shape: proportions may change."""

from core.preprocessing.frame import Frame
from core.preprocessing.resample import INTERPOLATIONS, resized
from core.preprocessing.step import Parameter, Step


def stretch(frame: Frame, interpolation: str = "area") -> Frame:
    height, width = frame.target
    return resized(frame, height, width, interpolation)


STEP = Step(
    "stretch",
    "Stretch to size",
    "Resizes to the final size whatever the shape: proportions may change.",
    stretch,
    (Parameter("interpolation", "Interpolation", "area", choices=INTERPOLATIONS),),
)
