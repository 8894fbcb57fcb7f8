"""Patches show the same stretch of tissue in every image, and the same pixels as the whole."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.images import ImageFacts, Mammogram
from core.domain.preprocess import PreprocessSpec, ScaleSpec, Unit
from core.errors import ConfigError
from core.preprocessing import specs
from core.preprocessing.decoding.averaging import area_mean, reduced_to_source
from core.preprocessing.patches import at_scale, cut_box, cut_patch, window
from core.preprocessing.pipeline import from_stored, to_stored
from core.preprocessing.scale import ASSUMED, factors

PLAIN = PreprocessSpec("plain", (), 20, 20, working_height=None, scale=ScaleSpec(2.0))


@pytest.fixture
def ramp() -> Mammogram:
    """Brightness tells the place: it rises along both axes."""
    y, x = np.mgrid[0:200, 0:160]
    pixels = ((x / 160 + y / 200) / 2).astype(np.float32)
    return Mammogram(pixels, ImageFacts("array", 200, 160, 16, spacing_mm=(0.1, 0.1)))


def middle(frame_to_source: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    centre = ((size[1] - 1) / 2, (size[0] - 1) / 2, 1)
    return np.asarray(frame_to_source @ centre)[:2]


@pytest.mark.parametrize("centre", [(80, 100), (40.5, 60.5), (3, 3), (158, 198)])
def test_a_patch_lies_around_its_centre(ramp: Mammogram, centre: tuple[float, float]) -> None:
    patch = cut_patch(ramp, centre, PLAIN)
    assert patch.pixels.shape == (20, 20)
    assert np.abs(middle(patch.to_source, (20, 20)) - centre).max() <= 1.0
    x, y, _ = patch.to_source @ (10, 10, 1)
    if 20 < centre[0] < 140:
        expected = (x / 160 + y / 200) / 2
        assert patch.pixels[10, 10] == pytest.approx(expected, abs=0.01)


def test_beyond_the_image_a_patch_is_black(ramp: Mammogram) -> None:
    patch = cut_patch(ramp, (0, 100), PLAIN)
    assert (patch.pixels[:, :9] == 0).all()
    assert (patch.pixels[:, 12:] > 0).all()
    assert (cut_patch(ramp, (-500, 100), PLAIN).pixels == 0).all()


def test_millimetres_are_what_a_pixel_covers(ramp: Mammogram) -> None:
    scale = ScaleSpec(0.4, Unit.MILLIMETRES)
    assert factors(ramp.facts, scale) == (4, 4)
    assert at_scale(ramp, replace(PLAIN, scale=scale)).size == (50, 40)
    finer = replace(ramp, facts=replace(ramp.facts, spacing_mm=(0.2, 0.1)))
    assert at_scale(finer, replace(PLAIN, scale=scale)).size == (100, 40)


def test_an_unknown_pixel_size_is_assumed_and_said(ramp: Mammogram) -> None:
    unknown = replace(ramp, facts=replace(ramp.facts, spacing_mm=None))
    found = at_scale(unknown, replace(PLAIN, scale=ScaleSpec(2.4, Unit.MILLIMETRES)))
    assert found.size == (100, 80)
    assert found.facts.notes == (ASSUMED,)


def test_the_scale_counts_stored_pixels_even_if_decoding_averaged(ramp: Mammogram) -> None:
    averaged = Mammogram(area_mean(ramp.pixels, 2), ramp.facts, reduced_to_source(2))
    direct, through = cut_patch(ramp, (80, 100), PLAIN), cut_patch(averaged, (80, 100), PLAIN)
    np.testing.assert_allclose(through.pixels, direct.pixels, atol=1 / 255)


def test_a_patch_is_a_window_of_the_whole(ramp: Mammogram) -> None:
    spec = replace(specs.load("e-localise"), height=20, width=20, scale=ScaleSpec(2.0))
    whole = at_scale(ramp, spec)
    patch = cut_patch(ramp, (81, 101), spec)
    cut = window(whole, (81, 101), (20, 20)).pixels
    np.testing.assert_array_equal(patch.pixels, from_stored(to_stored(cut)))


def test_a_box_is_stretched_to_the_patch(ramp: Mammogram) -> None:
    patch = cut_box(ramp, (20, 40, 120, 80), PLAIN)
    assert patch.pixels.shape == (20, 20)
    np.testing.assert_allclose(middle(patch.to_source, (20, 20)), (70, 60), atol=1.5)
    left, right = patch.to_source @ (-0.5, 0, 1), patch.to_source @ (19.5, 0, 1)
    assert right[0] - left[0] == pytest.approx(100, abs=2)


def test_a_spec_without_a_scale_cuts_no_patch(ramp: Mammogram) -> None:
    with pytest.raises(ConfigError, match="has no scale"):
        cut_patch(ramp, (80, 100), specs.load("reading-room"))
