"""What each step promises, for any image."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from core.domain.images import ImageFacts
from core.preprocessing.frame import Frame
from core.preprocessing.resample import INTERPOLATIONS, resampled
from core.preprocessing.steps.clahe import clahe
from core.preprocessing.steps.crop_breast import breast_box
from core.preprocessing.steps.divide_by_maximum import divide_by_maximum
from core.preprocessing.steps.fit import fit, fitted_size
from core.preprocessing.steps.gaussian import gaussian
from core.preprocessing.steps.morphology import morphology
from core.preprocessing.steps.pad import STEP as PAD
from core.preprocessing.steps.pad import padded_size
from core.preprocessing.steps.percentiles import percentiles
from core.preprocessing.steps.sobel import sobel
from core.preprocessing.steps.stretch import stretch
from core.preprocessing.steps.window import window

Image = NDArray[np.float32]
SIDES = st.integers(1, 40)
UNIT = st.floats(0, 1, width=32)
IMAGES = arrays.arrays(np.float32, st.tuples(SIDES, SIDES), elements=UNIT)
SIZES = st.tuples(st.integers(1, 5000), st.integers(1, 5000))
TARGETS = st.tuples(st.integers(8, 600), st.integers(8, 600))


def frame_of(pixels: Image, target: tuple[int, int]) -> Frame:
    facts = ImageFacts("array", pixels.shape[0], pixels.shape[1], 16)
    return Frame(pixels, facts, target, np.eye(3))


@given(IMAGES, st.floats(0, 40), st.floats(60, 100))
def test_percentiles_keep_the_order_of_brightness(image: Image, low: float, high: float) -> None:
    after = percentiles(image, low, high)
    order = np.argsort(image, axis=None)
    assert (np.diff(after.ravel()[order]) >= 0).all()


@given(IMAGES)
def test_percentiles_do_not_care_for_gain_or_offset(image: Image) -> None:
    if np.ptp(image) < 0.01:
        return
    changed = image * np.float32(0.5) + np.float32(0.2)
    np.testing.assert_allclose(percentiles(changed), percentiles(image), atol=2e-3)


@given(IMAGES)
def test_divided_by_maximum_once_is_enough(image: Image) -> None:
    once = divide_by_maximum(image)
    assert once.max() == pytest.approx(1 if image.max() > 0 else 0)
    np.testing.assert_allclose(divide_by_maximum(once), once, atol=1e-6)


@given(IMAGES)
def test_the_widest_window_changes_nothing(image: Image) -> None:
    np.testing.assert_allclose(window(image, 0.5, 1.0), image, atol=1e-6)


@given(UNIT, st.floats(0.1, 5))
def test_a_flat_image_has_no_edges_and_no_blur(level: float, sigma: float) -> None:
    flat = np.full((20, 20), level, np.float32)
    np.testing.assert_allclose(gaussian(flat, sigma), flat, atol=1e-5)
    assert sobel(flat).max() < 1e-5


@given(IMAGES, st.floats(0, 5))
def test_blur_stays_within_the_range_of_the_image(image: Image, sigma: float) -> None:
    after = gaussian(image, sigma)
    assert after.min() >= image.min() - 1e-5
    assert after.max() <= image.max() + 1e-5


@given(IMAGES)
def test_edges_do_not_change_when_the_image_is_mirrored(image: Image) -> None:
    np.testing.assert_allclose(sobel(image[:, ::-1]), sobel(image)[:, ::-1], atol=1e-5)


@given(IMAGES)
def test_without_a_share_of_edges_the_image_is_left(image: Image) -> None:
    np.testing.assert_allclose(sobel(image, 0.0), image, atol=1e-6)


@given(IMAGES, st.integers(1, 9))
def test_opening_darkens_and_closing_brightens(image: Image, size: int) -> None:
    opened, closed = (morphology(image, kind, size) for kind in ("open", "close"))
    assert (opened <= image).all()
    assert (closed >= image).all()
    np.testing.assert_allclose(morphology(image, "tophat", size), image - opened, atol=1e-6)


@given(IMAGES, st.integers(1, 9))
def test_opening_twice_is_opening_once(image: Image, size: int) -> None:
    once = morphology(image, "open", size)
    np.testing.assert_array_equal(morphology(once, "open", size), once)


@given(IMAGES, st.floats(0.1, 40), st.integers(1, 16))
def test_local_contrast_stays_in_range(image: Image, clip: float, tiles: int) -> None:
    after = clahe(image, clip, tiles)
    assert after.shape == image.shape
    assert after.min() >= 0
    assert after.max() <= 1


def test_local_contrast_does_not_depend_on_how_finely_the_file_is_graded() -> None:
    rng = np.random.default_rng(2)
    smooth = cv2.GaussianBlur(rng.random((256, 256), np.float32), (0, 0), 12)
    fine = (smooth - smooth.min()) / np.ptp(smooth) * np.float32(0.5)
    coarse = np.rint(fine * 255) / np.float32(255)
    after_fine, after_coarse = clahe(fine), clahe(coarse.astype(np.float32))
    assert np.abs(after_fine - after_coarse).max() < 0.02
    # It does something: neither image is left as it was.
    assert np.abs(after_coarse - coarse).mean() > 0.05


@given(SIZES, TARGETS)
def test_a_fitted_image_touches_the_target_and_keeps_its_proportions(
    size: tuple[int, int], target: tuple[int, int]
) -> None:
    height, width = fitted_size(size, target)
    assert height == target[0] or width == target[1]
    assert height <= target[0]
    assert width <= target[1]
    wanted = min(target[0] / size[0], target[1] / size[1])
    assert height == max(1, round(size[0] * wanted))
    assert width == max(1, round(size[1] * wanted))


@given(SIZES, TARGETS)
def test_fitting_and_padding_give_exactly_the_target(
    size: tuple[int, int], target: tuple[int, int]
) -> None:
    assert padded_size(fitted_size(size, target), target) == target


@given(IMAGES, TARGETS, st.sampled_from(["start", "middle", "end"]))
def test_padding_loses_no_pixel(image: Image, target: tuple[int, int], place: str) -> None:
    if max(image.shape) * max(target) / min(target) > 2000:
        return
    after = PAD(frame_of(image, target), across=place, down=place)
    left, top = (round(value) for value in np.linalg.inv(after.to_source)[:2, 2])
    inner = after.pixels[top : top + image.shape[0], left : left + image.shape[1]]
    np.testing.assert_array_equal(inner, image)
    assert after.pixels.sum() == pytest.approx(image.sum(), abs=1e-2)


@given(IMAGES, TARGETS, st.sampled_from(INTERPOLATIONS))
def test_stretching_gives_the_target_and_keeps_the_range(
    image: Image, target: tuple[int, int], interpolation: str
) -> None:
    after = stretch(frame_of(image, target), interpolation)
    assert after.size == target
    assert after.pixels.min() >= 0
    assert after.pixels.max() <= 1
    corners = after.to_source @ np.array([[-0.5, target[1] - 0.5], [-0.5, target[0] - 0.5], [1, 1]])
    np.testing.assert_allclose(corners[0], [-0.5, image.shape[1] - 0.5], atol=1e-6)
    np.testing.assert_allclose(corners[1], [-0.5, image.shape[0] - 0.5], atol=1e-6)


@given(IMAGES)
def test_halving_by_area_is_the_mean_of_four(image: Image) -> None:
    even = np.repeat(np.repeat(image, 2, 0), 2, 1)
    np.testing.assert_allclose(resampled(even, *image.shape), image, atol=1e-6)


@given(UNIT, st.sampled_from(INTERPOLATIONS), TARGETS)
def test_resizing_a_flat_image_leaves_it_flat(
    level: float, interpolation: str, target: tuple[int, int]
) -> None:
    after = fit(frame_of(np.full((30, 50), level, np.float32), target), interpolation)
    np.testing.assert_allclose(after.pixels, level, atol=1e-5)


@given(arrays.arrays(np.bool_, st.tuples(SIDES, SIDES)), st.floats(0, 0.5))
def test_a_box_holds_the_whole_mask(mask: NDArray[np.bool_], margin: float) -> None:
    rows, columns = breast_box(mask, margin)
    assert mask[rows, columns].sum() == mask.sum()
    assert mask[rows, columns].size > 0
