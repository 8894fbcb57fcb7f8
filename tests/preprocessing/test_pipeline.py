"""From mammogram to model input and back, by specs that are only data."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.images import ImageFacts, Mammogram
from core.domain.preprocess import PreprocessSpec, ScaleSpec, StepSpec, Unit
from core.errors import ConfigError, NotFound
from core.preprocessing import specs
from core.preprocessing.decoding.averaging import area_mean, reduced_to_source
from core.preprocessing.pipeline import (
    check,
    decode_for,
    from_stored,
    prepare,
    to_stored,
    trace,
    warp_back,
    warp_mask,
)

Image = NDArray[np.float32]


@pytest.fixture
def mammogram(breast: Image) -> Mammogram:
    return Mammogram(breast, ImageFacts("array", 320, 256, 16))


@pytest.mark.parametrize("name", specs.names())
def test_a_named_spec_gives_its_size_and_survives_json(name: str, mammogram: Mammogram) -> None:
    spec = specs.load(name)
    check(spec)
    again = PreprocessSpec.from_json(spec.to_json())
    assert again == spec
    first, second = prepare(mammogram, spec), prepare(mammogram, again)
    assert first.pixels.shape == (spec.height, spec.width)
    np.testing.assert_array_equal(first.pixels, second.pixels)


def test_the_systems_sizes_are_as_published() -> None:
    sizes = {name: (specs.load(name).height, specs.load(name).width) for name in specs.names()}
    assert sizes["a-hybrid"] == (224, 224)
    assert sizes["b-patches"] == (299, 299)
    assert sizes["c-context"] == (256, 256)
    assert sizes["c-context-512"] == (512, 512)
    assert sizes["d-four-class"] == (244, 244)
    assert sizes["e-localise"] == (50, 50)


def test_an_unknown_spec_names_those_there_are() -> None:
    with pytest.raises(NotFound, match="reading-room"):
        specs.load("nothing")


@pytest.mark.parametrize(
    "change",
    [
        {"height": 0},
        {"width": 100_000},
        {"bits": 12},
        {"working_height": 0},
        {"scale": ScaleSpec(0.0, Unit.MILLIMETRES)},
        {"steps": (StepSpec("fit", {"interpolation": "magic"}),)},
        {"steps": (StepSpec("clahe", {"tiles": 0}),)},
    ],
)
def test_a_spec_that_cannot_run_is_refused_beforehand(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        check(replace(specs.load("full-field"), **change))


def test_a_spec_with_an_unknown_step_names_those_there_are() -> None:
    with pytest.raises(NotFound, match="segment_breast"):
        check(replace(specs.load("full-field"), steps=(StepSpec("sharpen"),)))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9}', '{"name": 1, "steps": 3}'])
def test_text_that_is_no_spec_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        PreprocessSpec.from_json(text)


def test_a_spec_without_steps_is_only_resized(mammogram: Mammogram) -> None:
    found = prepare(mammogram, PreprocessSpec("plain", (), 40, 30))
    assert found.pixels.shape == (40, 30)
    assert found.pixels.mean() == pytest.approx(mammogram.pixels.mean(), abs=0.01)


@pytest.mark.parametrize("bits", [8, 16])
def test_what_is_stored_is_what_was_prepared(mammogram: Mammogram, bits: int) -> None:
    found = prepare(mammogram, replace(specs.load("reading-room"), bits=bits))
    stored = to_stored(found.pixels, bits)
    assert stored.dtype == (np.uint8 if bits == 8 else np.uint16)
    np.testing.assert_array_equal(from_stored(stored), found.pixels)


def test_trace_shows_every_step_and_ends_where_prepare_does(mammogram: Mammogram) -> None:
    spec = specs.load("full-field")
    traced = trace(mammogram, spec)
    assert [step for step, _ in traced] == list(spec.steps)
    np.testing.assert_allclose(
        traced[-1][1].pixels, prepare(mammogram, spec).pixels, atol=0.5 / 255 + 1e-6
    )


def test_both_sides_look_alike(mammogram: Mammogram) -> None:
    spec = specs.load("full-field")
    other = replace(mammogram, pixels=np.ascontiguousarray(mammogram.pixels[:, ::-1]))
    left, right = prepare(mammogram, spec), prepare(other, spec)
    assert np.abs(left.pixels - right.pixels).mean() < 0.01
    assert left.pixels[:, :100].mean() > 4 * left.pixels[:, -100:].mean()


def test_decoding_at_full_size_gives_the_same_input(
    dicom: Callable[..., Path], breast: Image
) -> None:
    stored = (np.kron(breast, np.ones((4, 4))) * 16000).astype(np.uint16)
    spec = replace(specs.load("reading-room"), working_height=500)
    path = dicom(stored)
    reduced = prepare(decode_for(path, spec), spec)
    full = prepare(decode_for(path, replace(spec, working_height=None)), spec)
    assert np.abs(reduced.pixels - full.pixels).max() <= 1 / 255 + 1e-6


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_mask_comes_along_and_a_heatmap_goes_back(mammogram: Mammogram, mirrored: bool) -> None:
    y, x = np.ogrid[0:320, 0:256]
    lesion = np.hypot(x - 60, y - 170) < 15
    if mirrored:
        mammogram = replace(mammogram, pixels=np.ascontiguousarray(mammogram.pixels[:, ::-1]))
        lesion = lesion[:, ::-1].copy()
    frame = prepare(mammogram, specs.load("reading-room"))
    seen = warp_mask(lesion, frame)
    assert seen.shape == frame.pixels.shape
    back = warp_back(seen.astype(np.float32), frame) >= 0.5
    assert (back & lesion).sum() / (back | lesion).sum() > 0.85


def test_a_mask_is_in_stored_pixels_even_if_decoding_averaged(breast: Image) -> None:
    facts = ImageFacts("array", 1280, 1024, 16)
    small = Mammogram(breast, facts, reduced_to_source(4))
    lesion = np.zeros((1280, 1024), bool)
    lesion[600:700, 200:300] = True
    frame = prepare(small, PreprocessSpec("plain", (), 320, 256))
    expected = np.zeros((320, 256), bool)
    expected[150:175, 50:75] = True
    assert (warp_mask(lesion, frame) != expected).sum() <= 100


def test_a_partial_block_repeats_its_edge() -> None:
    image = np.arange(35, dtype=np.float32).reshape(5, 7)
    means = area_mean(image, 2)
    assert means.shape == (3, 4)
    assert means[0, 0] == image[:2, :2].mean()
    assert means[2, 3] == image[4, 6]


def test_a_spec_is_plain_json() -> None:
    written = json.loads(specs.load("e-localise").to_json())
    assert written["scale"] == {"per_pixel": 0.4, "unit": "mm"}
    assert written["steps"][3] == {"step": "gaussian", "params": {"sigma": 0.7}}
