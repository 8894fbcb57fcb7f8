"""The breast is found, its side and polarity told, whatever lies beside it on the film."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.cases import Side, View
from core.domain.images import ImageFacts
from core.preprocessing.breast import breast_mask, chest_side
from core.preprocessing.film import has_white_air
from core.preprocessing.frame import Frame
from core.preprocessing.pectoral import pectoral_mask
from core.preprocessing.steps import STEPS

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]


def overlap(found: Mask, truth: Mask) -> float:
    return float((found & truth).sum() / (found | truth).sum())


def plain(image: Image) -> Image:
    return image


def label(image: Image) -> Image:
    written = np.zeros(image.shape, np.uint8)
    cv2.putText(written, "R MLO", (170, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    return np.maximum(image, written / np.float32(255))


def label_beside(image: Image) -> Image:
    marked = image.copy()
    marked[20:46, 178:240] = 0.95
    marked[28:38, 186:230] = 0.1
    return marked


def tape(image: Image) -> Image:
    marked = image.copy()
    marked[:, 240:252] = 0.8
    return marked


def scratch(image: Image) -> Image:
    marked = image.copy()
    cv2.line(marked, (90, 319), (250, 5), 0.9, 2)
    return marked


def white_frame(image: Image) -> Image:
    return cv2.copyMakeBorder(image[12:-12, 12:-12], 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=1.0)


def black_frame_around_grey_film(image: Image) -> Image:
    film = 0.15 + 0.8 * image[8:-8, 8:-8]
    return cv2.copyMakeBorder(film, 8, 8, 8, 8, cv2.BORDER_CONSTANT, value=0.0)


def noise(image: Image) -> Image:
    grain = np.random.default_rng(1).normal(0, 0.06, image.shape)
    return np.clip(image + grain, 0, 1).astype(np.float32)


def implant(image: Image) -> Image:
    marked = image.copy()
    cv2.ellipse(marked, (20, 160), (80, 70), 0, 0, 360, 1.0, -1)
    return marked


BESIDE = (
    plain,
    label,
    label_beside,
    tape,
    scratch,
    white_frame,
    black_frame_around_grey_film,
    noise,
    implant,
)


@pytest.mark.parametrize("beside", BESIDE)
def test_the_breast_is_found(breast: Image, truth: Mask, beside: Callable[[Image], Image]) -> None:
    within = (slice(12, -12), slice(12, -12))  # what a frame covers is lost
    assert overlap(breast_mask(beside(breast))[within], truth[within]) > 0.9


@pytest.mark.parametrize("beside", BESIDE)
def test_polarity_is_told(breast: Image, beside: Callable[[Image], Image]) -> None:
    assert not has_white_air(beside(breast))
    assert has_white_air(1 - beside(breast))


@pytest.mark.parametrize("beside", BESIDE)
def test_the_side_is_told(breast: Image, beside: Callable[[Image], Image]) -> None:
    assert chest_side(beside(breast)) is Side.LEFT
    assert chest_side(beside(breast)[:, ::-1].copy()) is Side.RIGHT


@pytest.mark.parametrize("size", [(64, 51), (1021, 817), (2000, 1600)])
def test_the_size_of_the_image_does_not_matter(
    breast: Image, truth: Mask, size: tuple[int, int]
) -> None:
    larger = cv2.resize(breast, size[::-1], interpolation=cv2.INTER_LINEAR)
    expected = cv2.resize(truth.astype(np.uint8), size[::-1], interpolation=cv2.INTER_NEAREST) > 0
    assert overlap(breast_mask(larger), expected) > 0.9


def test_an_image_without_air_is_all_breast() -> None:
    texture = np.random.default_rng(0).random((8, 8)).astype(np.float32)
    tissue = 0.3 + 0.5 * cv2.resize(texture, (200, 200), interpolation=cv2.INTER_CUBIC)
    assert breast_mask(tissue).all()


def test_inverting_is_said_in_the_facts(breast: Image) -> None:
    facts = ImageFacts("PNG", 320, 256, 8)
    frame = Frame(1 - breast, facts, (64, 64), np.eye(3))
    after = STEPS.load("fix_polarity")(frame)
    np.testing.assert_allclose(after.pixels, breast, atol=1e-6)
    assert after.facts.inverted
    assert "inverted" in after.facts.notes[0]


def with_muscle(breast: Image) -> tuple[Image, Mask]:
    wedge = np.zeros(breast.shape, np.uint8)
    cv2.fillPoly(wedge, [np.array([[0, 30], [90, 30], [0, 200]])], 1)
    inside = wedge.astype(bool) & (breast > 0.1)
    shown = breast.copy()
    shown[inside] = np.clip(0.35 * shown[inside] + 0.55, 0, 1)
    return shown, inside


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_chest_muscle_is_found(breast: Image, mirrored: bool) -> None:
    tissue = np.where(breast > 0.1, 0.35, breast).astype(np.float32)
    shown, muscle = with_muscle(tissue)
    if mirrored:
        shown, muscle = shown[:, ::-1].copy(), muscle[:, ::-1]
    assert overlap(pectoral_mask(shown, None, View.MLO), muscle) > 0.75


def test_no_muscle_is_taken_from_other_views(breast: Image) -> None:
    shown, _ = with_muscle(breast)
    assert not pectoral_mask(shown, None, View.CC).any()
    even = np.where(breast > 0.1, 0.4, breast).astype(np.float32)
    assert not pectoral_mask(even, None, View.MLO).any()


def test_the_side_is_told_without_the_muscle(breast: Image, truth: Mask) -> None:
    """Most of what is left of an MLO view lies on the far side once its muscle is gone."""
    left = truth.copy()
    left[:200, :150] = False
    assert chest_side(breast, left) is Side.LEFT
    assert chest_side(breast, left[:, ::-1]) is Side.RIGHT
