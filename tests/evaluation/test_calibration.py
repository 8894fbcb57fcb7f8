"""Temperature scaling finds the temperature that was put in, and changes no order."""

import numpy as np
import pytest

from core.errors import InputError
from core.evaluation.calibration import (
    COLDEST,
    HOTTEST,
    fit_temperature,
    fit_temperature_and_shift,
    to_probabilities,
)


def overconfident(rng: np.random.Generator, classes: int, temperature: float) -> tuple:
    """Logits whose classes are drawn at the probabilities they mean once divided."""
    logits = rng.normal(size=(20_000, classes)) * 2
    shares = to_probabilities(logits)
    drawn = (shares.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    return logits * temperature, drawn


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_put_in_is_found(classes: int, temperature: float) -> None:
    logits, truth = overconfident(np.random.default_rng(0), classes, temperature)
    assert fit_temperature(logits, truth) == pytest.approx(temperature, rel=0.05)


def test_one_logit_means_two_classes() -> None:
    rng = np.random.default_rng(1)
    single = rng.normal(size=500)
    truth = (rng.random(500) < 1 / (1 + np.exp(-single))).astype(int)
    both = np.column_stack([np.zeros(500), single])
    assert fit_temperature(single, truth) == pytest.approx(fit_temperature(both, truth))
    assert fit_temperature(single[:, None], truth) == pytest.approx(fit_temperature(both, truth))
    assert np.allclose(to_probabilities(single)[:, 1], 1 / (1 + np.exp(-single)))


def test_order_and_answers_stay_as_they_were() -> None:
    logits = np.random.default_rng(2).normal(size=(50, 3)) * 9
    cold, hot = to_probabilities(logits, 0.4), to_probabilities(logits, 4.0)
    assert (cold.argmax(axis=1) == hot.argmax(axis=1)).all()
    assert np.allclose(hot.sum(axis=1), 1)


def test_a_perfect_and_a_hopeless_model_stay_within_bounds() -> None:
    truth = np.array([0, 1] * 20)
    perfect = np.where(truth == 1, 5.0, -5.0)
    assert COLDEST <= fit_temperature(perfect, truth) < 0.5
    assert 15 < fit_temperature(-perfect, truth) <= HOTTEST


@pytest.mark.parametrize(
    ("logits", "truth"),
    [([], []), ([1.0, 2.0], [0]), ([np.nan, 1.0], [0, 1]), ([0.1, 0.2], [0, 2])],
)
def test_nonsense_is_refused(logits: list[float], truth: list[int]) -> None:
    with pytest.raises(InputError):
        fit_temperature(logits, truth)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_shift_makes_up_for_classes_drawn_equally_often(classes: int) -> None:
    """Answers that hold for equal shares, asked where the first class is four times as common."""
    rng = np.random.default_rng(0)
    truth = rng.choice(classes, 4000, p=np.array([4, *[1] * (classes - 1)]) / (3 + classes))
    table = rng.normal(size=(4000, classes)) + 1.5 * np.eye(classes)[truth]
    logits = 2 * (1.5 * table)  # twice too sure
    asked = logits[:, 1] - logits[:, 0] if classes == 2 else logits
    temperature, shift = fit_temperature_and_shift(asked, truth)
    assert len(shift) == (1 if classes == 2 else classes)
    assert temperature == pytest.approx(2, rel=0.1)
    calibrated = np.asarray(asked / temperature + (shift[0] if classes == 2 else np.array(shift)))
    shares = to_probabilities(calibrated).mean(axis=0)
    assert shares == pytest.approx(np.bincount(truth) / truth.size, abs=0.005)
    off = to_probabilities(asked, fit_temperature(asked, truth)).mean(axis=0)
    assert abs(off[0] - shares[0]) > 0.02


def test_a_few_cases_shift_little() -> None:
    _, (shift,) = fit_temperature_and_shift(np.zeros(3), [1, 1, 1])
    assert 0 < shift < 2
