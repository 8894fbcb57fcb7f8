"""From a decoded image to a model's input, by the spec, and the way back for heatmaps."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.images import Mammogram, Pixels
from core.domain.preprocess import PreprocessSpec, StepSpec
from core.errors import ConfigError
from core.preprocessing.decoding import Source, decode
from core.preprocessing.decoding.averaging import area_mean, reduced_to_source, reduction
from core.preprocessing.frame import Frame, Mask
from core.preprocessing.steps import STEPS
from core.preprocessing.steps.stretch import stretch

__all__ = ["Frame", "check", "decode_for", "from_stored", "prepare", "to_stored", "trace"]


def decode_for(source: Source, spec: PreprocessSpec) -> Mammogram:
    """A file decoded as far as the spec needs it."""
    return decode(source, working_height=spec.working_height, voi=spec.voi)


def check(spec: PreprocessSpec) -> None:
    """ConfigError or NotFound for a spec that could not run, before anything is prepared."""
    for name, value, allowed in (
        ("height", spec.height, range(8, 8193)),
        ("width", spec.width, range(8, 8193)),
        ("bits", spec.bits, (8, 16)),
        ("working_height", spec.working_height, range(8, 32769)),
    ):
        if value is not None and value not in allowed:
            raise ConfigError(_not_allowed(spec, name, value, allowed))
    if spec.scale is not None and not 0 < spec.scale.per_pixel <= 1000:
        raise ConfigError(_not_allowed(spec, "scale", spec.scale.per_pixel, "above 0, up to 1000"))
    for step in spec.steps:
        if not isinstance(step.params, dict):
            raise ConfigError(_not_allowed(spec, "params", step.params, "names with values"))
        STEPS.load(step.step).checked(step.params)


def _not_allowed(spec: PreprocessSpec, name: str, value: object, allowed: object) -> str:
    if isinstance(allowed, range):
        allowed = f"a whole number from {allowed.start} to {allowed.stop - 1}"
    return f"The preprocessing spec {spec.name!r} has {name} {value!r}. Allowed: {allowed}."


def prepare(mammogram: Mammogram, spec: PreprocessSpec) -> Frame:
    """The model's input: final height and width, in [0, 1], at the depth that is stored."""
    frame = start(mammogram, spec)
    for step in spec.steps:
        frame = apply(step, frame)
    return finish(frame, spec)


def trace(mammogram: Mammogram, spec: PreprocessSpec) -> list[tuple[StepSpec, Frame]]:
    """The frame after every step; the one before is the previous, and first `start`'s."""
    frame, frames = start(mammogram, spec), []
    for step in spec.steps:
        frame = apply(step, frame)
        frames.append((step, frame))
    return frames


def start(mammogram: Mammogram, spec: PreprocessSpec) -> Frame:
    """A mammogram decoded at full size is averaged down here, as decoding would have."""
    target, pixels = (spec.height, spec.width), mammogram.pixels
    factor = reduction(pixels.shape[0], spec.working_height)
    to_source = mammogram.to_source
    if factor > 1:
        pixels, to_source = area_mean(pixels, factor), to_source @ reduced_to_source(factor)
    return Frame(pixels, mammogram.facts, target, to_source)


def apply(step: StepSpec, frame: Frame) -> Frame:
    return STEPS.load(step.step)(frame, **step.params)


def finish(frame: Frame, spec: PreprocessSpec) -> Frame:
    """Whatever the steps left, a model gets its size, and the values that storing would keep."""
    if frame.size != frame.target:
        frame = stretch(frame)
    return frame.with_pixels(from_stored(to_stored(frame.pixels, spec.bits)))


def to_stored(pixels: Pixels, bits: int = 8) -> NDArray[Any]:
    """[0, 1] to the integers that a prepared dataset keeps."""
    kind = np.uint8 if bits == 8 else np.uint16
    return np.asarray(np.rint(np.clip(pixels, 0, 1) * np.float32(2**bits - 1)), kind)


def from_stored(stored: NDArray[Any], bits: int | None = None) -> Pixels:
    """The integers of a prepared dataset back to [0, 1], exactly as `prepare` gave them."""
    top = 2 ** (bits or 8 * stored.dtype.itemsize) - 1
    return stored.astype(np.float32) / np.float32(top)


def warp_mask(mask: NDArray[Any], frame: Frame) -> Mask:
    """A mask in the stored image's coordinates, as the model sees it."""
    warped = _warp(mask.astype(np.float32), frame.to_source, frame.size)
    return np.asarray(warped >= 0.5)


def warp_back(heatmap: Pixels, frame: Frame, size: tuple[int, int] | None = None) -> Pixels:
    """A map over the model's input, over the stored image (or one of `size` that covers it)."""
    rows, columns = size or (frame.facts.rows, frame.facts.columns)
    return _warp(heatmap.astype(np.float32), np.linalg.inv(frame.to_source), (rows, columns))


def _warp(image: Pixels, to_image: NDArray[Any], size: tuple[int, int]) -> Pixels:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image, to_image[:2], (size[1], size[0]), flags=flags)
    return np.asarray(warped, np.float32)
