"""Rules for a threshold keep what they promise, on ties and at the ends as well."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ConfigError, InputError
from core.evaluation.operating_point import RULES, choose

SCORES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5001, 0.9, 1.0])),
    min_size=2,
    max_size=30,
).filter(lambda rows: len({side for side, _ in rows}) == 2)


def rates(truth: np.ndarray, scores: np.ndarray, threshold: float) -> tuple[float, float]:
    called = scores >= threshold
    return float(called[truth].mean()), float((~called)[~truth].mean())


def best(truth: np.ndarray, scores: np.ndarray, worth: Callable[[float, float], float]) -> float:
    """By trying every threshold there is."""
    tried = [*np.unique(scores), np.inf]
    return max(worth(*rates(truth, scores, t)) for t in tried)


@settings(max_examples=150, deadline=None)
@given(rows=SCORES, at_least=st.sampled_from([0.5, 0.9, 0.95, 1.0]))
def test_no_threshold_does_better_than_the_chosen_one(
    rows: list[tuple[bool, float]], at_least: float
) -> None:
    truth, scores = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    sensitivity, specificity = rates(truth, scores, choose(truth, scores, "youden"))
    assert sensitivity + specificity == pytest.approx(best(truth, scores, lambda a, b: a + b))
    found = rates(truth, scores, choose(truth, scores, "sensitivity", at_least=at_least))
    assert found[0] >= at_least - 1e-9
    expected = best(truth, scores, lambda a, b: b if a >= at_least - 1e-9 else -1)
    assert found[1] == pytest.approx(expected)
    found = rates(truth, scores, choose(truth, scores, "specificity", at_least=at_least))
    assert found[1] >= at_least - 1e-9
    expected = best(truth, scores, lambda a, b: a if b >= at_least - 1e-9 else -1)
    assert found[0] == pytest.approx(expected)


def test_dear_misses_lower_the_threshold() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(2000) < 0.2
    scores = 1 / (1 + np.exp(-(rng.normal(size=2000) + 1.5 * truth)))
    chosen = [choose(truth, scores, "cost", miss_cost=cost) for cost in (1, 5, 50)]
    assert chosen[0] > chosen[1] > chosen[2]


def test_a_cost_of_one_minimises_errors() -> None:
    truth = np.array([1, 1, 1, 0, 0], bool)
    scores = np.array([0.9, 0.8, 0.2, 0.7, 0.1])
    threshold = choose(truth, scores, "cost", miss_cost=1)
    assert int(((scores >= threshold) != truth).sum()) == 1


def test_the_threshold_lies_between_scores() -> None:
    truth = np.array([1, 1, 0, 0], bool)
    assert choose(truth, [0.9, 0.8, 0.4, 0.1], "youden") == pytest.approx(0.6)


def test_nothing_may_be_called_when_the_highest_score_is_a_negative() -> None:
    truth, scores = np.array([0, 1], bool), np.array([1.0, 0.5])
    threshold = choose(truth, scores, "specificity", at_least=1.0)
    assert not (scores >= threshold).any()


@pytest.mark.parametrize("truth", [[1, 1], [0, 0], []])
def test_one_side_alone_is_refused(truth: list[int]) -> None:
    with pytest.raises(InputError, match="both sides"):
        choose(truth, [0.1] * len(truth))


@pytest.mark.parametrize(
    "arguments", [{"rule": "best"}, {"at_least": 0}, {"at_least": 1.1}, {"miss_cost": 0}]
)
def test_settings_that_make_no_sense_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        choose([0, 1], [0.1, 0.2], **arguments)


def test_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="not numbers"):
        choose([0, 1], [0.1, np.nan], RULES[0])
