"""Intervals: by patient, repeatable, wide enough, and honest about two cases."""

import numpy as np
import pytest
from scipy import stats

from core.evaluation.bootstrap import Kind, draw, interval
from core.evaluation.figures import RESAMPLES, draws_of, measure
from core.evaluation.sample import Sample, make_sample
from tests.evaluation.conftest import MakeSample


@pytest.mark.parametrize(("classes", "decimals"), [(2, None), (2, 1), (4, None)])
def test_a_weight_does_what_repeating_a_patient_does(
    cases: MakeSample, classes: int, decimals: int | None
) -> None:
    """The fast way by weights equals the slow way by copying rows."""
    sample = cases(5, n=80, classes=classes, decimals=decimals)
    counts = np.random.default_rng(0).integers(0, 4, sample.n_patients)
    rows = np.repeat(np.arange(sample.n), counts[sample.patients])
    copied = measure(sample.take(rows), resamples=2).figures
    from core.evaluation.figures import _Everything

    weighed = _Everything(sample)(counts[:, None].astype(np.float64))
    assert set(copied) <= set(weighed)
    for name, found in copied.items():
        assert weighed[name][0] == pytest.approx(found.value, abs=1e-9), name


def test_the_same_seed_gives_the_same_interval(cases: MakeSample) -> None:
    sample = cases(1)
    first, again = measure(sample, resamples=100), measure(sample, resamples=100)
    other = measure(sample, resamples=100, seed=1)
    assert first.figures == again.figures
    assert first.figures["auc"].value == other.figures["auc"].value
    assert first.figures["auc"].low != other.figures["auc"].low


def test_draws_hold_as_many_patients_as_there_are() -> None:
    totals = draw(lambda w: {"total": w.sum(axis=0)}, 30, 30, 250, seed=0)["total"]
    assert totals.size == 251
    assert (totals == 30).all()


def test_draws_vary_as_the_multinomial_says() -> None:
    first = draw(lambda w: {"first": w[0]}, 10, 10, 4000, seed=3)["first"][1:]
    assert first.mean() == pytest.approx(1, abs=0.06)
    assert first.var() == pytest.approx(0.9, abs=0.1)


def test_many_patients_are_drawn_in_parts_without_changing_the_result() -> None:
    few = draw(lambda w: {"w": w[0]}, 400_000, 400_000, 5, seed=0)["w"]
    assert few.size == 6
    assert few[0] == 1


def test_every_interval_holds_its_value(cases: MakeSample) -> None:
    for classes in (2, 4):
        for name, found in measure(cases(2, classes=classes), resamples=200).figures.items():
            assert found.low <= found.value <= found.high, name


def test_images_of_one_patient_widen_the_interval() -> None:
    """Forty copies of six patients know no more than six patients do."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 0, 0, 1, 1, 1], 40)
    score = np.repeat(rng.random(6), 40)
    alone = make_sample(truth, score, np.arange(240), classes=("no", "yes"))
    owned = make_sample(truth, score, np.repeat(np.arange(6), 40), classes=("no", "yes"))
    one, other = (measure(s, resamples=300).figures["accuracy"] for s in (alone, owned))
    assert (other.high - other.low) > 3 * (one.high - one.low)


def test_two_cases_leave_everything_open() -> None:
    sample = make_sample([0, 1], [0.1, 0.9], ["a", "b"], classes=("no", "yes"))
    found = measure(sample).figures["auc"]
    assert (found.value, found.low, found.high) == (1, 0, 1)


def test_all_right_is_not_certain() -> None:
    """Clopper and Pearson: 20 of 20 leaves a lower bound of 0.832."""
    truth = np.tile([0, 1], 20)
    sample = make_sample(truth, truth * 0.8 + 0.1, np.arange(40), classes=("no", "yes"))
    found = measure(sample, resamples=50).figures
    exact = stats.binomtest(20, 20).proportion_ci().low
    assert found["sensitivity"].low == pytest.approx(exact)
    assert found["sensitivity"].high == 1
    assert found["auc"].low == pytest.approx(exact)


def test_a_figure_that_most_draws_lack_has_an_open_interval() -> None:
    draws = np.array([0.7, *[np.nan] * 80, *[0.6, 0.8] * 10])
    found = interval(draws, Kind(cases=9, patients=5))
    assert (found.low, found.high) == (0, 1)


def test_calibration_error_is_not_pushed_up_by_noise() -> None:
    """Draws of a calibrated model look worse than it; plain percentiles would stand too high."""
    rng = np.random.default_rng(4)
    score = rng.random(300)
    truth = (rng.random(300) < score).astype(int)
    sample = make_sample(truth, score, np.arange(300), classes=("no", "yes"))
    draws = draws_of(sample, resamples=300)["ece"]
    assert np.median(draws[1:]) > draws[0]
    found = measure(sample, resamples=300).figures["ece"]
    assert found.low < np.quantile(draws[1:], 0.025) - 0.02
    assert found.value + 0.01 < found.high < np.quantile(draws[1:], 0.975)


def test_the_interval_of_a_large_calibration_error_lies_around_it() -> None:
    rng = np.random.default_rng(4)
    score = rng.random(300)
    sample = make_sample(
        (rng.random(300) < score**3).astype(int), score, np.arange(300), classes=("no", "yes")
    )
    found = measure(sample, resamples=300).figures["ece"]
    assert 0.1 < found.low < found.value - 0.03
    assert found.value + 0.03 < found.high < 0.4


def correlated(rng: np.random.Generator, patients: int, prevalence: float) -> Sample:
    """Three alike images a patient, each side normal, so that the truth is known."""
    own = rng.random(patients) < prevalence
    own[:2] = True, False
    truth = np.repeat(own, 3)
    score = (
        1.2 * truth + np.repeat(rng.normal(size=patients), 3) + 0.7 * rng.normal(size=truth.size)
    )
    shares = 1 / (1 + np.exp(0.6 - score))
    owners = np.repeat(np.arange(patients), 3)
    return make_sample(truth.astype(int), shares, owners, classes=("no", "yes"))


SPREAD = np.hypot(1, 0.7)
TRUE = {
    "auc": float(stats.norm.cdf(1.2 / SPREAD / np.sqrt(2))),
    "sensitivity": float(stats.norm.cdf(0.6 / SPREAD)),
    "specificity": float(stats.norm.cdf(0.6 / SPREAD)),
}


@pytest.mark.slow
@pytest.mark.parametrize(("patients", "prevalence"), [(30, 0.5), (150, 0.15)])
def test_intervals_hold_the_truth_in_95_of_100_studies(patients: int, prevalence: float) -> None:
    rng = np.random.default_rng(7)
    studies = 500
    held = dict.fromkeys(TRUE, 0)
    for _ in range(studies):
        found = measure(correlated(rng, patients, prevalence), resamples=300).figures
        for name, truth in TRUE.items():
            held[name] += found[name].low <= truth <= found[name].high
    # Three standard errors of 500 studies to either side, and a little for the figure's bias.
    assert all(0.915 <= count / studies <= 0.985 for count in held.values()), held


@pytest.mark.slow
def test_drawing_images_instead_of_patients_would_promise_too_much() -> None:
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(300):
        sample = correlated(rng, 60, 0.5)
        alone = make_sample(
            sample.targets, sample.probabilities, np.arange(sample.n), classes=sample.classes
        )
        found = measure(alone, resamples=200).figures["auc"]
        held += found.low <= TRUE["auc"] <= found.high
    assert held / 300 < 0.88


@pytest.mark.serial
def test_a_thousand_draws_of_fifty_thousand_cases_take_seconds(cases: MakeSample) -> None:
    import time

    sample = cases(0, n=50_000)
    begun = time.process_time()
    measure(sample, resamples=RESAMPLES)
    # Two cores have ten seconds; processor time does not see who else is on the machine.
    assert time.process_time() - begun < 15
