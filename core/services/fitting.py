"""What answers to validation images settle: temperature, shift and threshold."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.dataset import VALIDATION
from core.errors import InputError
from core.evaluation.calibration import fit_temperature_and_shift, to_probabilities
from core.evaluation.operating_point import choose
from core.training.epoch_figures import positive_classes
from core.training.predictions import logit_columns

LEAST_SENSITIVITY = 0.9


@dataclass(frozen=True)
class Settled:
    """`problem` says why the threshold is 0.5 for want of a better one.

    `shift` is added to the logits that were divided by the temperature, one number a logit.
    """

    temperature: float
    threshold: float
    positive: tuple[str, ...]
    problem: str = ""
    shift: tuple[float, ...] = ()

    def calibrated(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(logits / self.temperature + np.array(self.shift or (0.0,)))


def calibrated(answers: pd.DataFrame, classes: tuple[str, ...]) -> Settled:
    """From the predictions of several runs; only their validation parts are looked at."""
    known = answers[answers["part"] == VALIDATION]
    truth = known["class"].map(classes.index)
    temperature, shift = fit_temperature_and_shift(logit_columns(known), truth)
    return Settled(temperature, 0.5, positive_classes(classes), shift=shift)


def with_threshold(fitted: Settled, answers: pd.DataFrame, classes: tuple[str, ...]) -> Settled:
    known = answers[answers["part"] == VALIDATION]
    scores = positive_score(to_probabilities(fitted.calibrated(logit_columns(known))), classes)
    truth = known["class"].isin(fitted.positive)
    try:
        threshold = choose(truth, scores, "sensitivity", at_least=LEAST_SENSITIVITY)
    except InputError as fault:
        return replace(fitted, problem=str(fault))
    return replace(fitted, threshold=min(threshold, 1.0))


def positive_score(
    probabilities: NDArray[np.float64], classes: tuple[str, ...]
) -> NDArray[np.float64]:
    places = [classes.index(name) for name in positive_classes(classes)]
    score: NDArray[np.float64] = probabilities[:, places].sum(axis=1)
    return score
