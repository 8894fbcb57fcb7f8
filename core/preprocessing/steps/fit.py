"""Resizes to fit into the final size and keeps proportions; padding fills the rest."""

from core.preprocessing.frame import Frame
from core.preprocessing.resample import INTERPOLATIONS, resized
from core.preprocessing.step import Parameter, Step


def fitted_size(size: tuple[int, int], target: tuple[int, int]) -> tuple[int, int]:
    """The largest (height, width) of the same proportions inside the target."""
    factor = min(target[0] / size[0], target[1] / size[1])
    return (
        min(target[0], max(1, round(size[0] * factor))),
        min(target[1], max(1, round(size[1] * factor))),
    )


def fit(frame: Frame, interpolation: str = "area") -> Frame:
    height, width = fitted_size(frame.size, frame.target)
    return resized(frame, height, width, interpolation)


STEP = Step(
    "fit",
    "Resize to fit",
    "Resizes to fit into the final size and keeps proportions; padding fills the rest.",
    fit,
    (Parameter("interpolation", "Interpolation", "area", choices=INTERPOLATIONS),),
)
