"""Heatmap scores: worked by hand, against scikit-learn, and against maps that know nothing."""

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest
from sklearn import metrics

from core.domain.heatmaps import Faithfulness
from core.errors import InputError
from core.evaluation.heatmap.baselines import BASELINES, breast_centre, brightest, image_centre
from core.evaluation.heatmap.faithfulness import faithfulness
from core.evaluation.heatmap.lesion import score_map
from core.evaluation.heatmap.sanity import likeness, mean_interval, mean_likeness, shuffled
from core.evaluation.heatmap.summary import Scored, score_image, summarise


def square(size: int = 20, left: int = 12, top: int = 4, side: int = 4) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[top : top + side, left : left + side] = True
    return mask


def spot(row: float, column: float, size: int = 20, width: float = 2.0) -> np.ndarray:
    rows, columns = np.ogrid[:size, :size]
    return np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * width**2))


def test_a_map_equal_to_the_lesion_scores_perfectly() -> None:
    lesion = square()
    found = score_map(lesion.astype(float), lesion)
    assert (found.hit, found.energy, found.iou, found.average_precision) == (1, 1, 1, 1)
    assert found.distance == found.distance_share == 0


def test_a_hand_worked_map() -> None:
    """Two hottest pixels, one of them inside a lesion of two; a tenth of the rest is warm."""
    heat = np.zeros((1, 10))
    heat[0, [2, 3]] = 4.0
    heat[0, 9] = 2.0
    lesion = np.zeros((1, 10), bool)
    lesion[0, [3, 4]] = True
    found = score_map(heat, lesion)
    assert found.hit == 0.5
    assert found.energy == pytest.approx(0.4)
    # At threshold 4: one inside of two shown and two in the lesion, 1/3; at 0: 2/10.
    assert found.iou == pytest.approx(1 / 3)
    # Half the lesion at precision 1/2, the other half only with everything shown, 2/10.
    assert found.average_precision == pytest.approx(0.5 * 0.5 + 0.5 * 0.2)
    assert found.distance == pytest.approx(0.5)


@pytest.mark.parametrize("seed", range(4))
def test_pixel_precision_agrees_with_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lesion = rng.random((15, 15)) < 0.2
    heat = np.round(rng.random((15, 15)) + 0.4 * lesion, 1)
    found = score_map(heat, lesion)
    expected = metrics.average_precision_score(lesion.ravel(), heat.ravel())
    assert found.average_precision == pytest.approx(expected)
    tried = [metrics.jaccard_score(lesion.ravel(), (heat >= t).ravel()) for t in np.unique(heat)]
    assert found.iou == pytest.approx(max(tried))


def test_distance_is_to_the_nearest_part_and_a_share_of_the_breast() -> None:
    lesion = square(left=10, top=10, side=2)
    breast = square(left=0, top=0, side=16)
    found = score_map(spot(10, 5), lesion, breast)
    assert found.hit == 0
    assert found.distance == pytest.approx(5)
    assert found.distance_share == pytest.approx(5 / 16)


def test_an_empty_map_points_nowhere_and_negative_values_count_as_none() -> None:
    lesion = square()
    for heat in (np.zeros((20, 20)), -np.ones((20, 20))):
        found = score_map(heat, lesion)
        assert (found.hit, found.energy, found.iou) == (0, 0, 0)
        assert np.isnan(found.distance)
        assert found.average_precision == pytest.approx(lesion.mean())


@pytest.mark.parametrize(
    ("heat", "lesion", "says"),
    [
        (np.ones((4, 4)), np.zeros((4, 4), bool), "no lesion"),
        (np.ones((4, 5)), np.ones((4, 4), bool), "own size"),
        (np.full((4, 4), np.nan), np.ones((4, 4), bool), "not numbers"),
    ],
)
def test_what_cannot_be_scored_is_refused(heat: np.ndarray, lesion: np.ndarray, says: str) -> None:
    with pytest.raises(InputError, match=says):
        score_map(heat, lesion)


def test_baselines_point_where_their_names_say() -> None:
    breast = square(left=0, top=5, side=10)
    image = 0.2 * breast
    image[7, 3] = 1.0
    image[0, 19] = 1.0  # a label outside the breast
    peaks = {
        n: np.unravel_index(f(image, breast, 0).argmax(), (20, 20))
        for n, (_, f) in BASELINES.items()
    }
    assert peaks["image-centre"] in [(9, 9), (9, 10), (10, 9), (10, 10)]
    assert peaks["breast-centre"] in [(9, 4), (9, 5), (10, 4), (10, 5)]
    assert peaks["brightest"] == (7, 3)
    assert breast[peaks["random"]]


def test_random_maps_differ_by_image_and_repeat_by_seed() -> None:
    image, breast = np.zeros((30, 30)), np.ones((30, 30), bool)
    make = BASELINES["random"][1]
    assert np.array_equal(make(image, breast, 3), make(image, breast, 3))
    assert not np.array_equal(make(image, breast, 3), make(image, breast, 4))


def test_baselines_do_without_a_breast() -> None:
    image, nothing = spot(3, 3), np.zeros((20, 20), bool)
    assert np.array_equal(breast_centre(image, nothing), image_centre(image, nothing))
    assert brightest(image, nothing).max() > 0


def scored(n: int = 40) -> Iterator[Scored]:
    """A method that finds the lesion when the model is right, and only then."""
    rng = np.random.default_rng(0)
    for number in range(n):
        row, column = (int(v) for v in rng.integers(2, 14, 2))
        lesion = square(left=column, top=row)
        right = number % 2 == 0
        heat = spot(row + 1.5, column + 1.5) if right else spot(19 - row, 19 - column)
        breast = np.ones((20, 20), bool)
        maps = {"method": ("Method", heat)}
        yield from score_image(
            f"i{number}",
            f"p{number // 2}",
            rng.random((20, 20)),
            lesion,
            breast,
            maps,
            correct=right,
            seed=number,
        )


def test_methods_stand_beside_baselines_split_by_right_and_wrong() -> None:
    rows = summarise(list(scored()), resamples=100)
    assert [r.method for r in rows[::3]] == ["method", *BASELINES]
    assert [r.among for r in rows[:3]] == ["all", "correct", "wrong"]
    by = {(r.method, r.among): r for r in rows}
    assert by["method", "correct"].figures["hit"].value == 1
    assert by["method", "wrong"].figures["hit"].value < 0.3
    assert by["method", "all"].images == 40
    assert by["random", "all"].figures["hit"].value < 0.3
    assert by["random", "all"].baseline
    found = by["method", "all"].figures["hit"]
    assert found.low < found.value < found.high


def test_a_case_becomes_one_flat_row() -> None:
    row = next(scored()).row()
    assert {"image_id", "method", "correct", "hit", "iou", "distance"} <= set(row)
    assert not any(isinstance(value, dict) for value in row.values())


def test_means_leave_out_maps_that_point_nowhere() -> None:
    found = mean_interval(np.array([0.2, np.nan, 0.4]), np.array(["a", "b", "c"]), resamples=20)
    assert found.value == pytest.approx(0.3)
    assert found.n == 2
    nothing = mean_interval(np.array([np.nan]), np.array(["a"]))
    assert nothing.n == 0
    assert np.isnan(nothing.value)


def images(n: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    lesions = np.stack([spot(*rng.uniform(5, 15, 2), size=20) for _ in range(n)])
    pictures = np.clip(0.3 * rng.random((n, 20, 20)) + lesions, 0, 1)
    return pictures.astype(np.float32), lesions


def brightness(variants: np.ndarray, place: int) -> np.ndarray:
    """A model that sees the brightest pixels only."""
    top: np.ndarray = np.sort(variants.reshape(len(variants), -1), axis=1)[:, -10:].mean(axis=1)
    return top


def test_deleting_what_the_model_uses_hurts_more_than_chance() -> None:
    pictures, lesions = images()
    found = faithfulness(brightness, pictures, lesions)
    assert isinstance(found, Faithfulness)
    assert found.deletion_area < np.trapezoid(found.random_deletion, found.share) - 0.05
    assert found.insertion_area > np.trapezoid(found.random_insertion, found.share) + 0.05
    whole, blurred = brightness(pictures, 0).mean(), found.insertion[0]
    assert found.deletion[0] == pytest.approx(whole, abs=1e-6)
    assert found.insertion[-1] == pytest.approx(whole, abs=1e-6)
    assert found.deletion[-1] == pytest.approx(blurred, abs=1e-6)


def test_a_map_of_the_wrong_place_is_found_out() -> None:
    pictures, lesions = images()
    right = faithfulness(brightness, pictures, lesions)
    wrong = faithfulness(brightness, pictures, lesions[:, ::-1, ::-1] * 0 + spot(0, 0))
    assert wrong.deletion_area > right.deletion_area


def test_maps_and_images_must_match() -> None:
    pictures, lesions = images()
    with pytest.raises(InputError, match="its size"):
        faithfulness(brightness, pictures, lesions[:3])


class Weights:
    def __init__(self) -> None:
        self.held = [np.arange(12, dtype=np.float32).reshape(3, 4), np.ones(2, np.float32)]

    def get_weights(self) -> list[np.ndarray]:
        return [w.copy() for w in self.held]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        self.held = weights


def test_weights_are_shuffled_inside_and_restored_after_even_a_failure() -> None:
    model, before = Weights(), Weights().held
    with shuffled(model, seed=1):
        assert not np.array_equal(model.held[0], before[0])
        assert sorted(model.held[0].ravel()) == sorted(before[0].ravel())
    assert np.array_equal(model.held[0], before[0])
    with contextlib.suppress(ZeroDivisionError), shuffled(model, seed=1):
        raise ZeroDivisionError
    assert all(np.array_equal(a, b) for a, b in zip(model.held, before, strict=True))


def test_likeness_of_maps_is_their_rank_correlation() -> None:
    one = spot(5, 5)
    assert likeness(one, one**3) == pytest.approx(1)
    assert likeness(one, -one) == pytest.approx(-1)
    assert likeness(one, np.zeros((20, 20))) == 0
    rng = np.random.default_rng(0)
    pair = rng.random((2, 8, 20, 20))
    found = mean_likeness(pair[0], pair[1], np.arange(8), resamples=50)
    assert abs(found.value) < 0.05
    assert found.n == 8
