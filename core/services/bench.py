"""One image on its way through a preprocessing, step by step, for a person to look at."""

import time
from dataclasses import dataclass

import cv2
import numpy as np

from core.domain.images import Mammogram
from core.domain.preprocess import PreprocessSpec, StepSpec
from core.errors import MammolensError
from core.preprocessing.frame import Frame
from core.preprocessing.pipeline import apply, finish, start
from core.preprocessing.step import Parameter, Step, Value
from core.preprocessing.steps import STEPS
from core.services.gallery import data_address, levels

__all__ = ["Frame", "Parameter", "Stage", "Step", "Value", "Walk", "picture", "steps", "walk"]


@dataclass(frozen=True)
class Stage:
    """`fault` says why a step could not be done; the image then goes on unchanged."""

    spec: StepSpec
    step: Step | None
    before: Frame
    after: Frame
    seconds: float
    fault: str = ""


@dataclass(frozen=True)
class Walk:
    first: Frame
    stages: tuple[Stage, ...]
    last: Frame


def steps() -> dict[str, Step]:
    """Every step that a preprocessing may name, with its parameters described."""
    return {entry.name: entry.load() for entry in STEPS}


def walk(mammogram: Mammogram, spec: PreprocessSpec) -> Walk:
    """As preparing does it, keeping every frame; one bad step does not end the walk."""
    first = frame = start(mammogram, spec)
    stages = []
    for one in spec.steps:
        stage = _stage(one, frame)
        frame = stage.after
        stages.append(stage)
    return Walk(first, tuple(stages), finish(frame, spec))


def _stage(spec: StepSpec, before: Frame) -> Stage:
    step = STEPS.load(spec.step) if spec.step in STEPS else None
    began = time.perf_counter()
    try:
        after, fault = apply(spec, before), ""
    except MammolensError as problem:
        after, fault = before, str(problem)
    return Stage(spec, step, before, after, time.perf_counter() - began, fault)


def picture(frame: Frame, longest: int = 480) -> str:
    """The frame as a data address, made smaller where it is larger than a page shows."""
    grey = levels(frame.pixels)
    factor = longest / max(grey.shape)
    if factor < 1:
        grey = np.asarray(
            cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
        )
    return data_address(grey)
