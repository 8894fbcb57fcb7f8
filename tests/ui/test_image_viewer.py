"""What is sent to the browser is the image that was given, and no larger than it need be."""

import base64

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.services.overlay import PALETTES, Palette, colourise
from ui.components import image_viewer
from ui.components.image_viewer import Look, encode


def decoded(source: str) -> NDArray[np.uint8]:
    data = base64.b64decode(source.partition(",")[2])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.fixture
def ramp() -> NDArray[np.float32]:
    return np.tile(np.linspace(0, 1, 120, dtype=np.float32), (160, 1))


def test_the_picture_keeps_size_and_brightness(ramp: NDArray[np.float32]) -> None:
    picture = encode(ramp, "a ramp", None, ())
    shown = decoded(picture.image)
    assert shown.shape == (160, 120) == (picture.height, picture.width)
    assert np.abs(shown.astype(float) / 255 - ramp).max() < 0.02
    assert picture.heat is None


def test_a_huge_image_is_bounded_and_still_knows_its_size() -> None:
    picture = encode(np.zeros((6000, 4000), np.float32), "huge", None, ())
    assert decoded(picture.image).shape == (3072, 2048)
    assert (picture.height, picture.width) == (6000, 4000)


def test_the_heatmap_arrives_exactly_as_its_values(ramp: NDArray[np.float32]) -> None:
    heat = encode(ramp, "a ramp", ramp, ()).heat
    assert heat is not None
    assert np.array_equal(decoded(heat), (ramp * 255).round().astype(np.uint8))


def test_values_outside_the_scale_do_not_wrap_around() -> None:
    wild = np.array([[-0.5, 0.0], [1.0, 1.7]], np.float32).repeat(64, 0).repeat(64, 1)
    heat = encode(wild, "wild", wild, ()).heat
    assert heat is not None
    assert set(np.unique(decoded(heat))) == {0, 255}


def test_the_outline_runs_around_the_finding() -> None:
    mask = np.zeros((100, 80), bool)
    mask[20:41, 30:61] = True
    ((outline),) = encode(np.zeros((100, 80), np.float32), "", None, (mask,)).outlines
    xs, ys = zip(*outline, strict=True)
    assert (min(xs), max(xs), min(ys), max(ys)) == (30, 60, 20, 40)


def test_separate_parts_of_a_finding_are_outlined_each() -> None:
    mask = np.zeros((100, 80), bool)
    mask[10:20, 10:20] = mask[60:80, 30:50] = True
    assert len(encode(np.zeros((100, 80), np.float32), "", None, (mask,)).outlines) == 2


@pytest.mark.parametrize("palette", sorted(PALETTES))
def test_the_browser_colours_with_the_palette_of_the_saved_pictures(palette: Palette) -> None:
    table = base64.b64decode(image_viewer._table(palette))
    steps = (np.arange(256, dtype=np.float32) / 255)[None]
    assert table == colourise(steps, palette).tobytes()


def test_a_look_starts_as_the_saved_pictures_do() -> None:
    assert (Look().opacity, Look().threshold, Look().palette) == (0.5, 0.15, "magma")
