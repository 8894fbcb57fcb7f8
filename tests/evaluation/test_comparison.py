"""Tests between models reproduce published numbers and stay honest with images of a patient."""

import numpy as np
import pytest
from scipy import stats

from core.errors import InputError
from core.evaluation.comparison import delong, gaps, mcnemar
from core.evaluation.sample import make_sample
from tests.evaluation.conftest import MakeSample

# DeLong, DeLong and Clarke-Pearson 1988: albumin, total protein, K-G score, and whether a
# patient with ovarian cancer profited from surgery. Data and results as published in the
# SAS/STAT documentation, PROC LOGISTIC, "Comparing Receiver Operating Characteristic Curves".
OVARIAN = """
3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0
1.6 5.6 5 1  3.8 5.7 5 1  3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1
4.3 7.0 4 1  3.6 6.7 4 0  2.3 4.4 6 1  4.2 7.6 4 0  4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1
3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1  3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1  4.3 6.5 4 1
3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0  3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1
3.5 6.2 5 1  2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1  3.3 5.7 6 1  3.7 6.9 5 1
3.6 6.6 5 1
"""


def ovarian() -> tuple[np.ndarray, np.ndarray]:
    rows = np.array(OVARIAN.split(), float).reshape(-1, 4)
    return rows[:, 3] == 1, np.stack([10 - rows[:, 2], rows[:, 0], rows[:, 1]])


def test_delong_reproduces_the_published_ovarian_cancer_example() -> None:
    areas = delong(*ovarian())
    assert np.round(areas.values, 4).tolist() == [0.7258, 0.7366, 0.6478]
    assert np.round(np.sqrt(np.diag(areas.covariance)), 4).tolist() == [0.1028, 0.0927, 0.1000]
    chi, p = areas.all_equal()
    assert (round(chi, 4), round(p, 4)) == (2.5340, 0.2817)
    gap, p = areas.difference(1, 0)
    assert round(gap.value, 4) == 0.0108
    assert (round(gap.low, 4), round(gap.high, 4)) == (-0.1761, 0.1976)
    assert round(p, 4) == 0.9102
    assert round(areas.difference(2, 0)[1], 4) == 0.4561


def test_patients_with_one_image_each_change_nothing() -> None:
    truth, scores = ovarian()
    alone, owned = delong(truth, scores), delong(truth, scores, np.arange(truth.size))
    assert np.allclose(alone.covariance, owned.covariance, atol=1e-15)


def test_copies_of_patients_do_not_sharpen_the_test() -> None:
    truth, scores = ovarian()
    owners = np.arange(truth.size)
    once = delong(truth, scores, owners)
    thrice = delong(np.tile(truth, 3), np.tile(scores, 3), np.tile(owners, 3))
    blind = delong(np.tile(truth, 3), np.tile(scores, 3))
    assert np.allclose(once.values, thrice.values)
    assert np.allclose(once.covariance, thrice.covariance, atol=1e-12)
    assert blind.covariance[0, 0] < once.covariance[0, 0] / 2


@pytest.mark.slow
def test_delong_finds_no_difference_in_95_of_100_equal_pairs() -> None:
    """Also where a patient has several images, some of each side."""
    rng = np.random.default_rng(2)
    false_alarms = 0
    for _ in range(600):
        owner = np.repeat(rng.normal(size=(2, 40)), 4, axis=1)
        truth = rng.random(160) < 0.4
        scores = truth + owner + rng.normal(size=(2, 160))
        areas = delong(truth, scores, np.repeat(np.arange(40), 4))
        false_alarms += areas.difference()[1] < 0.05
    assert 0.025 <= false_alarms / 600 <= 0.08


def test_a_model_does_not_differ_from_itself() -> None:
    truth, scores = ovarian()
    gap, p = delong(truth, scores[[0, 0]]).difference()
    assert (gap.value, p) == (0, 1)


def test_mcnemar_reproduces_agrestis_approval_ratings() -> None:
    """Agresti, Categorical Data Analysis: 150 and 86 changed their mind; z squared is 17.36."""
    first = np.repeat([True, True, False, False], [794, 150, 86, 570])
    second = np.repeat([True, False, True, False], [794, 150, 86, 570])
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second) == (150, 86)
    assert found.statistic == pytest.approx(64**2 / 236)
    assert round(found.statistic or 0, 2) == 17.36
    assert found.p == pytest.approx(3.1e-5, rel=0.01)


def test_mcnemar_is_exact_when_disagreements_are_few() -> None:
    first = np.repeat([True, False, True], [9, 1, 20])
    second = np.repeat([False, True, True], [9, 1, 20])
    assert mcnemar(first, second).p == pytest.approx(22 / 1024)
    assert mcnemar(first, first).p == 1


def test_mcnemar_counts_patients_where_they_have_several_images() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random(50) < 0.7, rng.random(50) < 0.5
    once = mcnemar(first, second, np.arange(50))
    copied = mcnemar(np.tile(first, 4), np.tile(second, 4), np.tile(np.arange(50), 4))
    b, c = once.only_first, once.only_second
    assert copied.statistic == pytest.approx((b - c) ** 2 / (b + c))
    assert copied.p == pytest.approx(float(stats.chi2.sf((b - c) ** 2 / (b + c), 1)))


def test_differences_use_the_same_patients_for_both_models(cases: MakeSample) -> None:
    first = cases(0, n=400)
    worse = make_sample(
        first.targets,
        np.clip(first.score * 0.5 + 0.5 * np.random.default_rng(1).random(400), 0, 1),
        first.patients,
        classes=first.classes,
    )
    found = gaps(first, worse, resamples=300)
    assert found["auc"].difference.low > 0
    assert found["auc"].p < 0.05
    same = gaps(first, first, resamples=50)
    assert same["auc"].difference.value == 0
    assert same["auc"].p == 1


def test_only_the_same_cases_are_compared(cases: MakeSample) -> None:
    with pytest.raises(InputError, match="same cases"):
        gaps(cases(0), cases(1))


@pytest.mark.parametrize(
    ("truth", "scores", "says"),
    [
        ([1, 1, 0], [[0.1, 0.2, 0.3]], "at least two"),
        ([1, 1, 0, 0], [[0.1, 0.2]], "fit"),
        ([1, 1, 0, 0], [[0.1, 0.2, np.nan, 0.3]], "not numbers"),
    ],
)
def test_delong_refuses_what_it_cannot_compare(
    truth: list[int], scores: list[list[float]], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        delong(truth, scores)
