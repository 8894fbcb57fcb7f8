"""What a run's answers to its validation images settle: its temperature and its threshold."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.dataset import VALIDATION
from core.errors import InputError
from core.evaluation.calibration import fit_temperature, to_probabilities
from core.evaluation.operating_point import choose
from core.training.epoch_figures import positive_classes
from core.training.predictions import logit_columns

LEAST_SENSITIVITY = 0.9


@dataclass(frozen=True)
class Settled:
    """`problem` says why the threshold is 0.5 for want of a better one."""

    temperature: float
    threshold: float
    positive: tuple[str, ...]
    problem: str = ""


def settle(answers: pd.DataFrame, classes: tuple[str, ...]) -> Settled:
    """From a run's predictions; only its validation part is looked at."""
    known = answers[answers["part"] == VALIDATION]
    positive = positive_classes(classes)
    temperature = fit_temperature(logit_columns(known), known["class"].map(classes.index))
    scores = positive_score(to_probabilities(logit_columns(known), temperature), classes)
    truth = known["class"].isin(positive)
    try:
        threshold = choose(truth, scores, "sensitivity", at_least=LEAST_SENSITIVITY)
    except InputError as fault:
        return Settled(temperature, 0.5, positive, str(fault))
    return Settled(temperature, min(threshold, 1.0), positive)


def positive_score(
    probabilities: NDArray[np.float64], classes: tuple[str, ...]
) -> NDArray[np.float64]:
    places = [classes.index(name) for name in positive_classes(classes)]
    score: NDArray[np.float64] = probabilities[:, places].sum(axis=1)
    return score
