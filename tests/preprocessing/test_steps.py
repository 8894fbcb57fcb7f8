"""What every step must hold to, whoever adds one: this suite finds it by itself."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.images import ImageFacts
from core.errors import ConfigError
from core.preprocessing.frame import Frame
from core.preprocessing.step import Parameter, Step
from core.preprocessing.steps import STEPS

MOVING = [
    "crop_breast",
    "crop_region",
    "fit",
    "normalise_side",
    "pad",
    "place",
    "stretch",
    "to_scale",
]
FACTS = ImageFacts("array", 320, 256, 16)


def frame_of(pixels: NDArray[np.float32], mask: NDArray[np.bool_] | None = None) -> Frame:
    return Frame(pixels, FACTS, (64, 48), np.eye(3), mask)


@pytest.fixture(params=STEPS.names())
def step(request: pytest.FixtureRequest) -> Step:
    return STEPS.load(request.param)


def test_a_step_tells_of_itself(step: Step) -> None:
    assert step.name in STEPS
    assert step.title
    assert step.title[0].isupper()
    assert step.help.endswith(".")
    assert len(step.help) < 120
    entry = STEPS.entry(step.name)
    assert entry.summary == step.help, "the file's docstring is what menus show"


def test_parameters_can_be_drawn_as_widgets_and_written_as_json(step: Step) -> None:
    for one in step.parameters:
        assert one.title
        if one.kind in (int, float):
            assert one.low is not None
            assert one.high is not None
        if one.kind is str:
            assert one.choices
        assert one.check(one.default) == one.default
    assert json.loads(json.dumps(step.defaults())) == step.defaults()


def test_an_unknown_parameter_is_refused(step: Step) -> None:
    with pytest.raises(ConfigError, match=f"{step.name} has no parameter 'colour'"):
        step.checked({"colour": 1})


def test_the_frame_that_goes_in_is_left_alone(step: Step, breast: NDArray[np.float32]) -> None:
    kept, frame = breast.copy(), frame_of(breast)
    breast.flags.writeable = False
    step(frame)
    np.testing.assert_array_equal(breast, kept)
    np.testing.assert_array_equal(frame.to_source, np.eye(3))


@pytest.mark.parametrize("masked", [False, True])
def test_pixels_stay_in_range_and_keep_their_kind(
    step: Step, breast: NDArray[np.float32], truth: NDArray[np.bool_], masked: bool
) -> None:
    after = step(frame_of(breast, truth if masked else None))
    assert after.pixels.dtype == np.float32
    assert after.pixels.ndim == 2
    assert after.pixels.flags.c_contiguous
    assert np.isfinite(after.pixels).all()
    assert after.pixels.min() >= 0
    assert after.pixels.max() <= 1
    if masked:
        assert after.mask is not None
        assert after.mask.shape == after.pixels.shape
        assert after.mask.dtype == np.bool_


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((40, 30), np.float32),
        np.ones((40, 30), np.float32),
        np.full((1, 1), 0.5, np.float32),
        np.full((3, 200), 0.25, np.float32),
        np.eye(50, dtype=np.float32),
    ],
    ids=["black", "white", "one pixel", "a strip", "a diagonal"],
)
def test_odd_images_do_not_break_it(step: Step, pixels: NDArray[np.float32]) -> None:
    after = step(frame_of(pixels))
    assert np.isfinite(after.pixels).all()
    assert min(after.size) >= 1


def test_the_same_image_gives_the_same_result(step: Step, breast: NDArray[np.float32]) -> None:
    first, second = step(frame_of(breast)), step(frame_of(breast.copy()))
    np.testing.assert_array_equal(first.pixels, second.pixels)


def test_a_step_that_stays_in_place_keeps_the_size(
    step: Step, breast: NDArray[np.float32], truth: NDArray[np.bool_]
) -> None:
    after = step(frame_of(breast[:, ::-1].copy(), truth[:, ::-1].copy()))
    moves = not np.array_equal(after.to_source, np.eye(3))
    assert moves == (step.name in MOVING)
    assert moves or after.size == breast.shape


@pytest.mark.parametrize("name", [name for name in MOVING if name != "place"])
@pytest.mark.parametrize("point", [(60, 160), (20, 90), (110, 200)])
def test_a_point_is_found_again_in_the_source(
    name: str, breast: NDArray[np.float32], truth: NDArray[np.bool_], point: tuple[int, int]
) -> None:
    """A bright spot moves with the image, and `to_source` leads back to where it was."""
    y, x = np.ogrid[0:320, 0:256]
    spot = np.exp(-((x - point[0]) ** 2 + (y - point[1]) ** 2) / 18).astype(np.float32)
    after = STEPS.load(name)(frame_of(np.clip(0.3 * breast + 0.9 * spot, 0, 1), truth))
    row, column = np.unravel_index(int(np.argmax(after.pixels)), after.pixels.shape)
    x_found, y_found, _ = after.to_source @ (column, row, 1)
    scale = max(abs(after.to_source[0, 0]), abs(after.to_source[1, 1]))
    assert np.hypot(x_found - point[0], y_found - point[1]) < 1.5 * scale + 1.5


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (Parameter("n", "Number", 3, 1, 5), 6),
        (Parameter("n", "Number", 3, 1, 5), 2.5),
        (Parameter("n", "Number", 3, 1, 5), True),
        (Parameter("n", "Number", 3.0, 1, 5), "3"),
        (Parameter("n", "Number", 3.0, 1, 5), float("nan")),
        (Parameter("n", "Word", "a", choices=("a", "b")), "c"),
        (Parameter("n", "Switch", True), 1),
    ],
)
def test_a_value_that_does_not_fit_is_refused(parameter: Parameter, value: Any) -> None:
    with pytest.raises(ConfigError, match="must be"):
        parameter.check(value)


def test_whole_numbers_pass_for_decimal_ones() -> None:
    assert Parameter("n", "Number", 3.0, 1, 5).check(4) == 4.0


def test_a_mask_moves_with_its_image(breast: NDArray[np.float32], truth: NDArray[np.bool_]) -> None:
    frame = frame_of(breast, truth)
    for name in ("crop_breast", "normalise_side", "fit", "pad"):
        frame = STEPS.load(name)(frame)
    assert frame.mask is not None
    inside, outside = frame.pixels[frame.mask], frame.pixels[~frame.mask]
    assert inside.mean() > 5 * outside.mean()
    assert replace(frame, mask=None).mask is None
