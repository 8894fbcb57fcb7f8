"""Resizes to the final size whatever the shape: proportions may change."""

from core.preprocessing.frame import Frame, scaling
from core.preprocessing.resample import INTERPOLATIONS, resampled, resampled_mask
from core.preprocessing.step import Parameter, Step


def stretch(frame: Frame, interpolation: str = "area") -> Frame:
    height, width = frame.target
    mask = None if frame.mask is None else resampled_mask(frame.mask, height, width)
    pixels = resampled(frame.pixels, height, width, interpolation)
    back = scaling(frame.size[1] / width, frame.size[0] / height)
    return frame.moved(pixels, mask, back)


STEP = Step(
    "stretch",
    "Stretch to size",
    "Resizes to the final size whatever the shape: proportions may change.",
    stretch,
    (Parameter("interpolation", "Interpolation", "area", choices=INTERPOLATIONS),),
)
