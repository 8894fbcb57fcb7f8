"""Curves are the ones scikit-learn draws, and each can be saved as a table."""

import numpy as np
import pytest
from sklearn import calibration, metrics

from core.evaluation.curves import MOST_POINTS, corners, curves, decision, precision_recall
from core.evaluation.sample import make_sample
from tests.evaluation.conftest import MakeSample


@pytest.mark.parametrize("decimals", [None, 1])
def test_roc_corners_lie_on_scikit_learns_curve(cases: MakeSample, decimals: int | None) -> None:
    sample = cases(1, decimals=decimals)
    false, true, threshold = corners(sample.score, sample.is_positive)
    every = metrics.roc_curve(sample.is_positive, sample.score, drop_intermediate=False)
    known = {tuple(np.round(point, 9)) for point in zip(*every, strict=True)}
    assert {tuple(np.round(p, 9)) for p in zip(false, true, threshold, strict=True)} <= known
    few = metrics.roc_curve(sample.is_positive, sample.score)
    assert false.size <= few[0].size
    assert metrics.auc(false, true) == pytest.approx(
        metrics.roc_auc_score(sample.is_positive, sample.score)
    )


def test_the_band_holds_the_curve_and_the_area_is_the_figures(cases: MakeSample) -> None:
    sample = cases(2)
    drawn = curves(sample, resamples=200).roc
    assert drawn is not None
    assert (drawn.low <= drawn.sensitivity).all()
    assert (drawn.high >= drawn.sensitivity).all()
    assert (drawn.high - drawn.low).max() > 0.05
    expected = metrics.roc_auc_score(sample.is_positive, sample.score)
    assert drawn.auc.value == pytest.approx(expected)


def test_a_threshold_of_a_point_gives_that_point(cases: MakeSample) -> None:
    sample = cases(3)
    drawn = curves(sample, resamples=10).roc
    assert drawn is not None
    place = drawn.threshold.size // 2
    called = sample.score >= drawn.threshold[place]
    assert called[sample.is_positive].mean() == pytest.approx(drawn.sensitivity[place])
    assert called[~sample.is_positive].mean() == pytest.approx(drawn.false_positive_rate[place])


@pytest.mark.parametrize("decimals", [None, 1])
def test_precision_recall_points_lie_on_scikit_learns_curve(
    cases: MakeSample, decimals: int | None
) -> None:
    sample = cases(4, decimals=decimals)
    found = precision_recall(sample.score, sample.is_positive)
    expected = metrics.precision_recall_curve(sample.is_positive, sample.score)
    known = {(round(r, 9), round(p, 9)) for p, r in zip(*expected[:2], strict=True)}
    points = zip(found.recall, found.precision, strict=True)
    assert {(round(r, 9), round(p, 9)) for r, p in points} <= known
    area = metrics.average_precision_score(sample.is_positive, sample.score)
    assert found.average_precision == pytest.approx(area)
    assert found.prevalence == sample.is_positive.mean()


def test_calibration_bins_agree_with_scikit_learn(cases: MakeSample) -> None:
    sample = cases(5, n=600)
    found = curves(sample, resamples=2).calibration
    assert found is not None
    observed, said = calibration.calibration_curve(sample.is_positive, sample.score, n_bins=15)
    assert np.allclose(found.said, said)
    assert np.allclose(found.observed, observed)
    assert found.cases.sum() == 600
    assert ((found.low <= found.observed) & (found.observed <= found.high)).all()


def test_temperature_draws_calibration_before_and_after(cases: MakeSample) -> None:
    sample, raw = cases(6), cases(6, signal=3)
    found = curves(sample, raw, temperature=2.5, resamples=2)
    assert found.calibration is not None
    assert found.raw_calibration is not None
    assert (found.calibration.temperature, found.raw_calibration.temperature) == (2.5, 1.0)
    assert found.calibration.error != found.raw_calibration.error


def test_net_benefit_of_a_hand_worked_case() -> None:
    """Ten cases, four positive; at 0.2 three and one other are called: 3/10 - 1/10 * 1/4."""
    truth = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], bool)
    scores = np.array([0.9, 0.8, 0.3, 0.1, 0.25, 0.1, 0.1, 0.1, 0.1, 0.1])
    found = decision(scores, truth)
    at = int(np.argmin(np.abs(found.threshold - 0.2)))
    assert found.threshold[at] == pytest.approx(0.2)
    assert found.model[at] == pytest.approx(0.3 - 0.1 * 0.25)
    assert found.act_on_all[at] == pytest.approx(0.4 - 0.6 * 0.25)
    assert (found.act_on_none == 0).all()


def test_score_shares_add_up_to_one_on_each_side(cases: MakeSample) -> None:
    found = curves(cases(7), resamples=2).scores
    assert found is not None
    assert found.positive.sum() == pytest.approx(1)
    assert found.negative.sum() == pytest.approx(1)


def test_every_curve_turns_into_columns_of_equal_length(cases: MakeSample) -> None:
    found = curves(cases(8), cases(8), resamples=5)
    for curve in (
        found.roc,
        found.precision_recall,
        found.calibration,
        found.scores,
        found.decision,
    ):
        assert curve is not None
        columns = curve.columns()
        assert len({len(values) for values in columns.values()}) == 1
        assert len(columns) >= 3


def test_several_classes_have_a_curve_each(cases: MakeSample) -> None:
    found = curves(cases(9, classes=4), resamples=5)
    assert list(found.by_class) == ["a", "b", "c", "d"]
    assert found.roc is None
    assert "one curve a class" in found.missing["roc"]


def test_one_class_gives_reasons_instead_of_curves() -> None:
    sample = make_sample([1, 1], [0.4, 0.6], [1, 2], classes=("no", "yes"))
    found = curves(sample, resamples=5)
    assert found.roc is None
    assert found.decision is None
    assert "All 2 cases are positive" in found.missing["precision_recall"]
    assert found.calibration is not None


def test_a_large_set_is_thinned_for_the_screen_but_keeps_its_ends(cases: MakeSample) -> None:
    sample = cases(10, n=20_000)
    false, true, _ = corners(sample.score, sample.is_positive)
    assert false.size <= MOST_POINTS + 1
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
