"""Patches at a fixed scale: what a model pixel covers is the same in every image.

Steps run on the whole image at that scale and patches are cut from it afterwards, so a
model trained on patches meets the same pixels when it is run over a whole image.
"""

from dataclasses import replace

import numpy as np

from core.domain.images import Mammogram
from core.domain.preprocess import PreprocessSpec, ScaleSpec, Unit
from core.errors import ConfigError
from core.preprocessing.frame import Frame, scaling, shift
from core.preprocessing.pipeline import apply, finish
from core.preprocessing.resample import resampled
from core.preprocessing.scale import ASSUMED, factors

Box = tuple[float, float, float, float]


def cut_patch(mammogram: Mammogram, centre_xy: tuple[float, float], spec: PreprocessSpec) -> Frame:
    """The patch around a point given in the stored image's pixels; black beyond its edges."""
    whole = at_scale(mammogram, spec)
    return finish(window(whole, centre_xy, (spec.height, spec.width)), spec)


def cut_box(mammogram: Mammogram, box: Box, spec: PreprocessSpec) -> Frame:
    """What lies in a box (left, top, right, bottom; stored pixels), stretched to the patch size."""
    whole = at_scale(mammogram, spec)
    left, top = _here(whole, box[:2])
    right, bottom = _here(whole, box[2:])
    size = (max(1, round(bottom - top)), max(1, round(right - left)))
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    cut = window(whole, middle, size)
    return finish(replace(cut, target=(spec.height, spec.width)), spec)


def at_scale(mammogram: Mammogram, spec: PreprocessSpec) -> Frame:
    """The whole image at the spec's scale, all steps done: what patches are cut from."""
    if spec.scale is None:
        raise ConfigError(
            f"The preprocessing spec {spec.name!r} has no scale, so no patch can be cut with it. "
            "Give it one, in millimetres or in source pixels per model pixel."
        )
    frame = _resized(mammogram, spec.scale)
    for step in spec.steps:
        frame = apply(step, frame)
    return frame


def window(frame: Frame, centre_xy: tuple[float, float], size: tuple[int, int]) -> Frame:
    """`size` pixels around a point of the stored image, with nothing resampled."""
    x, y = _here(frame, centre_xy)
    top, left = round(y - (size[0] - 1) / 2), round(x - (size[1] - 1) / 2)
    rows = slice(max(0, top), max(0, min(frame.size[0], top + size[0])))
    columns = slice(max(0, left), max(0, min(frame.size[1], left + size[1])))
    place = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    pixels, mask = np.zeros(size, np.float32), np.zeros(size, bool)
    if rows.stop > rows.start and columns.stop > columns.start:
        pixels[place] = frame.pixels[rows, columns]
        mask[place] = True if frame.mask is None else frame.mask[rows, columns]
    moved = frame.moved(pixels, mask if frame.mask is not None else None, shift(left, top))
    return replace(moved, target=size)


def _resized(mammogram: Mammogram, scale: ScaleSpec) -> Frame:
    """Decoded pixels may already be averaged; the scale counts stored ones."""
    facts, pixels = mammogram.facts, mammogram.pixels
    if scale.unit is Unit.MILLIMETRES and facts.spacing_mm is None:
        facts = replace(facts, notes=(*facts.notes, ASSUMED))
    across, down = factors(facts, scale)
    done = mammogram.to_source[0, 0], mammogram.to_source[1, 1]
    width = max(1, round(pixels.shape[1] * done[0] / across))
    height = max(1, round(pixels.shape[0] * done[1] / down))
    back = scaling(pixels.shape[1] / width, pixels.shape[0] / height)
    small = resampled(pixels, height, width)
    return Frame(small, facts, (height, width), mammogram.to_source @ back)


def _here(frame: Frame, point_xy: tuple[float, float]) -> tuple[float, float]:
    x, y, _ = np.linalg.inv(frame.to_source) @ (*point_xy, 1.0)
    return float(x), float(y)
