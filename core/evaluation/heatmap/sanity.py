"""Does the map depend on what the model learned? (Adebayo et al. 2018, "Sanity Checks")

A method whose maps stay the same when the weights are shuffled draws the image's edges,
not the model's reasons.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from core.domain.card import Interval
from core.evaluation.bootstrap import Kind, draw, interval
from core.evaluation.sample import Floats, numbered

Weights = list[NDArray[np.float32]]


class HasWeights(Protocol):
    def get_weights(self) -> Weights: ...

    def set_weights(self, weights: Weights) -> None: ...


@contextmanager
def shuffled(model: HasWeights, seed: int = 0) -> Iterator[None]:
    """Inside, every weight array holds its own values in a random order; afterwards, as before."""
    kept = model.get_weights()
    rng = np.random.default_rng(seed)
    try:
        model.set_weights([rng.permutation(w.ravel()).reshape(w.shape) for w in kept])
        yield
    finally:
        model.set_weights(kept)


def likeness(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation of two maps; a flat map is like nothing."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(spearmanr(first.ravel(), second.ravel()).statistic)


def mean_likeness(
    learned: Floats, random: Floats, patients: NDArray[Any], *, resamples: int = 1000, seed: int = 0
) -> Interval:
    """Near 0 is good: the maps follow the weights."""
    pairs = zip(learned, random, strict=True)
    return mean_interval(
        np.array([likeness(a, b) for a, b in pairs]),
        patients,
        lowest=-1.0,
        resamples=resamples,
        seed=seed,
    )


def mean_interval(
    values: Floats,
    patients: NDArray[Any],
    *,
    lowest: float = 0.0,
    highest: float = 1.0,
    resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """A mean over images, patients drawn anew; values that are no numbers are left out."""
    known = np.isfinite(values)
    if not known.any():
        return Interval(float("nan"), lowest, highest, 0)
    codes = numbered(patients[known])
    count = int(codes.max()) + 1
    sums, sizes = np.bincount(codes, values[known], count), np.bincount(codes, minlength=count)

    def mean(weights: Floats) -> dict[str, Floats]:
        return {"mean": (sums @ weights) / (sizes @ weights)}

    draws = draw(mean, count, int(known.sum()), resamples, seed)["mean"]
    return interval(draws, Kind(int(known.sum()), count, lowest, highest))
