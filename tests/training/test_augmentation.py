"""Augmentation: the right pixels, the same ones always, in one resampling."""

import cv2
import numpy as np
import pytest
from keras import ops

from core.domain.training import Augmentation
from core.training import augmentation, draws

SIZE = 41
ALL = Augmentation(
    flip=True,
    rotation=15,
    shift=0.1,
    zoom=0.2,
    shear=0.1,
    brightness=0.1,
    contrast=0.2,
    gamma=0.3,
    noise=0.05,
    elastic=3,
)


@pytest.fixture
def images() -> np.ndarray:
    smooth = cv2.GaussianBlur(np.random.default_rng(0).uniform(size=(SIZE, SIZE, 6)), (0, 0), 2)
    scaled = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return scaled.transpose(2, 0, 1)[..., None].astype(np.float32)


def changed(
    images: np.ndarray, config: Augmentation, seed: int = 1, first: int = 0
) -> tuple[np.ndarray, draws.Draws]:
    counters = np.arange(first, first + len(images), dtype=np.uint64)
    drawn = draws.draw(config, seed, counters, *images.shape[1:3])
    given = {name: ops.convert_to_tensor(values) for name, values in drawn.items()}
    tile = ops.convert_to_tensor(draws.noise_tile(seed))
    return ops.convert_to_numpy(augmentation.apply(images, given, config, tile)), drawn


def test_nothing_asked_for_draws_nothing_and_changes_nothing(images: np.ndarray) -> None:
    found, drawn = changed(images, Augmentation())
    assert drawn == {}
    assert not Augmentation().active
    np.testing.assert_array_equal(found, images)


@pytest.mark.parametrize(("name", "axis"), [("flip", 2), ("upend", 1)])
def test_mirroring_alone_turns_about_half_of_the_images_exactly(name: str, axis: int) -> None:
    line = np.linspace(0, 1, SIZE, dtype=np.float32)
    ramp = np.broadcast_to(line if axis == 2 else line[:, None], (200, SIZE, SIZE))[..., None]
    found, _ = changed(ramp, Augmentation(**{name: True}))
    mirrored = np.isclose(found, np.flip(ramp, axis), atol=1e-6).all(axis=(1, 2, 3))
    kept = np.isclose(found, ramp, atol=1e-6).all(axis=(1, 2, 3))
    assert (mirrored ^ kept).all()
    assert 70 < mirrored.sum() < 130


@pytest.mark.parametrize(
    "config",
    [
        Augmentation(rotation=30),
        Augmentation(shift=0.2),
        Augmentation(zoom=0.3),
        Augmentation(shear=0.3),
        Augmentation(flip=True, rotation=10, shift=0.05, zoom=0.1, shear=0.1, fill="zero"),
    ],
    ids=["rotation", "shift", "zoom", "shear", "all"],
)
def test_pixels_are_those_of_a_reference_warp(images: np.ndarray, config: Augmentation) -> None:
    """OpenCV interpolates in 1/32 steps, hence the tolerance."""
    found, drawn = changed(images, config)
    border = cv2.BORDER_REPLICATE if config.fill == "nearest" else cv2.BORDER_CONSTANT
    for image, result, row in zip(images, found, drawn["affine"], strict=True):
        expected = cv2.warpAffine(
            image[..., 0],
            row.reshape(2, 3).astype(np.float64),
            (SIZE, SIZE),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=border,
        )
        inner = np.abs(result[..., 0] - expected)[3:-3, 3:-3]
        # Along the edge of the picture "zero" blends, in both, but not alike.
        assert np.median(inner) < 0.002
        assert np.quantile(inner, 0.9) < 0.02


def test_rotation_turns_about_the_middle_by_at_most_the_angle() -> None:
    counters = np.arange(500, dtype=np.uint64)
    affine = draws.draw(Augmentation(rotation=10), 0, counters, SIZE, SIZE)["affine"]
    a, b, c, d, e, f = affine.T
    angle = np.degrees(np.arctan2(d, a))
    assert np.abs(angle).max() <= 10
    assert np.abs(angle).max() > 9
    assert abs(angle.mean()) < 1
    middle = (SIZE - 1) / 2
    np.testing.assert_allclose(a * middle + b * middle + c, middle, atol=1e-3)
    np.testing.assert_allclose(d * middle + e * middle + f, middle, atol=1e-3)


def test_draws_depend_on_seed_and_place_alone() -> None:
    counters = np.arange(10, 14, dtype=np.uint64)
    whole = draws.draw(ALL, 5, np.arange(20, dtype=np.uint64), SIZE, SIZE)
    for name, values in draws.draw(ALL, 5, counters, SIZE, SIZE).items():
        np.testing.assert_array_equal(values, whole[name][10:14])
    other = draws.draw(ALL, 6, counters, SIZE, SIZE)
    assert not np.allclose(other["affine"], whole["affine"][10:14])


def test_known_numbers_so_that_every_machine_and_version_draws_alike() -> None:
    drawn = draws.draw(ALL, 7, np.array([0, 1000], np.uint64), 244, 244)
    expected = [-1.0292521, -0.0963661, 265.81973, -0.0204735, 1.0125096, -16.331003]
    np.testing.assert_allclose(drawn["affine"][0], expected, rtol=1e-5)
    assert drawn["noise"].tolist() == [[276, 225, -1], [47, 98, 1]]


def test_compiled_by_xla_gives_the_same_pixels(images: np.ndarray) -> None:
    import tensorflow as tf

    counters = np.arange(len(images), dtype=np.uint64)
    drawn = {k: tf.constant(v) for k, v in draws.draw(ALL, 1, counters, SIZE, SIZE).items()}
    tile = tf.constant(draws.noise_tile(1))
    compiled = tf.function(lambda x, d: augmentation.apply(x, d, ALL, tile), jit_compile=True)(
        images, drawn
    )
    plain, _ = changed(images, ALL)
    assert np.abs(compiled.numpy() - plain).max() < 1e-3


def test_everything_at_once_stays_in_range_and_differs_between_images(images: np.ndarray) -> None:
    same = np.repeat(images[:1], 6, axis=0)
    found, _ = changed(same, ALL)
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 1
    gaps = np.abs(found[:, None] - found[None]).mean(axis=(2, 3, 4))
    assert gaps[~np.eye(6, dtype=bool)].min() > 0.005


def test_noise_has_the_strength_asked_for() -> None:
    grey = np.full((4, 200, 200, 1), 0.5, np.float32)
    found, _ = changed(grey, Augmentation(noise=0.04))
    assert found.std(axis=(1, 2, 3)) == pytest.approx([0.04] * 4, rel=0.05)
    assert abs(np.corrcoef(found[0].ravel(), found[1].ravel())[0, 1]) < 0.05


def test_elastic_moves_pixels_no_further_than_its_strength() -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, SIZE, dtype=np.float32), (8, SIZE, SIZE))[..., None]
    found, _ = changed(ramp, Augmentation(elastic=4))
    moved = np.abs(found - ramp) * (SIZE - 1)
    assert moved.max() < 4 * 1.6  # the spline may overshoot its control points
    assert moved.mean() > 0.5


def test_spline_passes_through_its_control_points() -> None:
    weights = augmentation.spline(21, 5)
    np.testing.assert_allclose(weights[::5], np.eye(5), atol=1e-6)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
