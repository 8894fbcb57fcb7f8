"""From which probability on is a case called positive? The usual rules, on validation cases."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from core.errors import ConfigError, InputError
from core.evaluation.ranking import ROUNDING
from core.evaluation.sample import Bools, Floats

Rule = Literal["youden", "sensitivity", "specificity", "cost"]
RULES: tuple[Rule, ...] = ("youden", "sensitivity", "specificity", "cost")


def choose(
    targets: ArrayLike,
    scores: ArrayLike,
    rule: Rule = "youden",
    *,
    at_least: float = 0.9,
    miss_cost: float = 10.0,
) -> float:
    """A threshold for `score >= threshold`.

    `targets` is true where positive. `at_least` is the sensitivity or specificity asked
    for; the other one is then as high as it can be. `miss_cost` says how many false alarms
    one missed positive is worth. The threshold lies halfway to the next lower score, so
    that new cases near it fall evenly.
    """
    truth, values = np.asarray(targets).astype(bool), np.asarray(scores, np.float64)
    _check(truth, values, rule, at_least, miss_cost)
    distinct, sensitivity, specificity = _rates(truth, values)
    place = int(np.argmax(_worth(rule, truth, sensitivity, specificity, at_least, miss_cost)))
    return _halfway(distinct, place)


def _rates(truth: Bools, values: Floats) -> tuple[Floats, Floats, Floats]:
    """For each distinct score as threshold, highest first; before them "nothing is positive"."""
    distinct = np.unique(values)[::-1]
    called = np.searchsorted(np.sort(-values[truth]), -distinct, side="right")
    false = np.searchsorted(np.sort(-values[~truth]), -distinct, side="right")
    sensitivity = np.concatenate([[0.0], called / truth.sum()])
    specificity = np.concatenate([[1.0], 1 - false / (~truth).sum()])
    return distinct, sensitivity, specificity


def _worth(
    rule: Rule,
    truth: Bools,
    sensitivity: Floats,
    specificity: Floats,
    at_least: float,
    miss_cost: float,
) -> Floats:
    if rule == "sensitivity":
        return np.where(sensitivity >= at_least - ROUNDING, specificity, -1.0)
    if rule == "specificity":
        return np.where(specificity >= at_least - ROUNDING, sensitivity, -1.0)
    if rule == "cost":
        share = float(truth.mean())
        return -(miss_cost * share * (1 - sensitivity) + (1 - share) * (1 - specificity))
    return sensitivity + specificity


def _halfway(distinct: Floats, place: int) -> float:
    """Place 0 calls nothing positive; place i calls the i highest scores."""
    if place == 0:
        return float(np.nextafter(distinct[0], np.inf))
    if place == distinct.size:
        return float(distinct[-1])
    middle = float((distinct[place - 1] + distinct[place]) / 2)
    # Between neighbouring floats there is no middle.
    return middle if middle > distinct[place] else float(distinct[place - 1])


def _check(truth: Bools, values: Floats, rule: str, at_least: float, miss_cost: float) -> None:
    if rule not in RULES:
        raise ConfigError(f"There is no rule {rule!r}. Known: {', '.join(RULES)}.")
    if not 0 < at_least <= 1:
        raise ConfigError(f"A rate to hold lies above 0 and up to 1. Received: {at_least}.")
    if miss_cost <= 0:
        raise ConfigError(f"The cost of a miss is above 0. Received: {miss_cost}.")
    if truth.shape != values.shape or truth.ndim != 1:
        raise InputError(f"{truth.shape} truths and {values.shape} scores do not match.")
    if not np.isfinite(values).all():
        raise InputError("Some scores are not numbers, so no threshold can be chosen.")
    if truth.all() or not truth.any():
        only = "positive" if truth.size and truth.all() else "negative"
        raise InputError(
            f"All {truth.size} cases are {only}; a threshold needs cases of both sides. "
            "Choose it on another part of the data."
        )
