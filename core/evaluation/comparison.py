"""Is one model better than another? Tests on the same cases, images of a patient together.

DeLong, DeLong and Clarke-Pearson 1988 for areas under the curve, with the clustered
variance of Obuchowski 1997 where patients have several images; McNemar 1947 for answers
at the operating point, with Obuchowski's 1998 form for clusters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from core.domain.card import Interval
from core.errors import InputError
from core.evaluation.bootstrap import Kind, interval
from core.evaluation.figures import RESAMPLES, draws_of
from core.evaluation.sample import Bools, Floats, Ints, Sample, numbered

# Below this many disagreements the exact test is used.
FEW_DISAGREEMENTS = 25


@dataclass(frozen=True)
class Areas:
    """AUCs of several models on the same cases, with their covariance."""

    values: Floats
    covariance: Floats
    cases: int

    def interval(self, place: int = 0) -> Interval:
        """One area with its 95% interval."""
        value, reach = float(self.values[place]), self._reach(self.covariance[place, place])
        return Interval(value, max(0.0, value - reach), min(1.0, value + reach), self.cases)

    def difference(self, first: int = 0, second: int = 1) -> tuple[Interval, float]:
        """First minus second with its 95% interval, and the two-sided p."""
        contrast = np.zeros(self.values.size)
        contrast[first] += 1.0
        contrast[second] -= 1.0
        gap = float(contrast @ self.values)
        error = max(0.0, float(contrast @ self.covariance @ contrast)) ** 0.5
        if error == 0:
            return Interval(gap, gap, gap, self.cases), 1.0 if gap == 0 else 0.0
        reach = self._reach(error**2)
        p = float(2 * stats.norm.sf(abs(gap) / error))
        return Interval(gap, gap - reach, gap + reach, self.cases), p

    @staticmethod
    def _reach(variance: float) -> float:
        return float(stats.norm.ppf(0.975) * np.sqrt(max(0.0, variance)))

    def all_equal(self) -> tuple[float, float]:
        """Chi-square and p of the hypothesis that no area differs."""
        contrasts = np.eye(self.values.size)[1:] - np.eye(self.values.size)[0]
        gaps = contrasts @ self.values
        spread = contrasts @ self.covariance @ contrasts.T
        chi = float(gaps @ np.linalg.pinv(spread) @ gaps)
        return chi, float(stats.chi2.sf(chi, np.linalg.matrix_rank(spread)))


def delong(targets: ArrayLike, scores: ArrayLike, patients: ArrayLike | None = None) -> Areas:
    """`scores` is (models, cases); `targets` is true where positive.

    Without patients every case counts as a patient of its own.
    """
    truth, table = np.asarray(targets).astype(bool), np.asarray(scores, np.float64)
    if table.ndim != 2 or table.shape[1] != truth.size:
        raise InputError(
            f"{table.shape} scores do not fit {truth.size} cases: give (models, cases)."
        )
    if not np.isfinite(table).all():
        raise InputError("Some scores are not numbers, so the models cannot be compared.")
    if truth.sum() < 2 or (~truth).sum() < 2:
        raise InputError(
            f"There are {int(truth.sum())} positive and {int((~truth).sum())} negative cases; "
            "comparing areas needs at least two of each."
        )
    owners = np.arange(truth.size) if patients is None else np.asarray(patients)
    return _areas(truth, table, numbered(owners))


def _areas(truth: Bools, scores: Floats, patients: Ints) -> Areas:
    pairs = [_placements(truth, row) for row in scores]
    of_positive = np.stack([p for p, _ in pairs])
    of_negative = np.stack([n for _, n in pairs])
    values = of_positive.mean(axis=1)
    above = _clusters(of_positive - values[:, None], patients[truth], patients.max() + 1)
    below = _clusters(of_negative - values[:, None], patients[~truth], patients.max() + 1)
    m, n = int(truth.sum()), int((~truth).sum())
    a, b = np.unique(patients[truth]).size, np.unique(patients[~truth]).size
    covariance = above @ above.T * _small(a) / m**2 + below @ below.T * _small(b) / n**2
    both = max(2, np.unique(patients).size)
    shared = above @ below.T * _small(both) / (m * n)
    # Only a patient with images on both sides makes the two parts depend on each other.
    return Areas(values, covariance + shared + shared.T, truth.size)


def _small(count: int) -> float:
    return count / (count - 1) if count > 1 else float("inf")


def _clusters(parts: Floats, patients: Ints, count: int) -> Floats:
    return np.stack([np.bincount(patients, row, count) for row in parts])


def _placements(truth: Bools, scores: Floats) -> tuple[Floats, Floats]:
    """For each positive the share of negatives it beats, and the other way round."""
    positive, negative = scores[truth], scores[~truth]
    return _beaten(positive, negative), 1 - _beaten(negative, positive)


def _beaten(some: Floats, others: Floats) -> Floats:
    ranked = np.sort(others)
    below = np.searchsorted(ranked, some, side="left")
    level = np.searchsorted(ranked, some, side="right")
    return (below + level) / (2 * others.size)


@dataclass(frozen=True)
class McNemar:
    """`only_first` counts cases that the first model alone got right."""

    only_first: int
    only_second: int
    statistic: float | None
    p: float
    test: str


def mcnemar(
    first_right: ArrayLike, second_right: ArrayLike, patients: ArrayLike | None = None
) -> McNemar:
    """Do two models err on different numbers of the same cases?"""
    first, second = np.asarray(first_right, bool), np.asarray(second_right, bool)
    if first.shape != second.shape or first.ndim != 1 or not first.size:
        raise InputError(
            f"Two models answer the same cases; received {first.shape}, {second.shape}."
        )
    lead = first.astype(np.int64) - second
    b, c = int((lead > 0).sum()), int((lead < 0).sum())
    if patients is not None:
        codes = numbered(np.asarray(patients))
        if codes.max() + 1 < first.size:
            by_patient = np.bincount(codes, lead.astype(np.float64)).astype(np.float64)
            return _clustered(b, c, by_patient)
    if b + c < FEW_DISAGREEMENTS:
        p = float(stats.binomtest(min(b, c), b + c).pvalue) if b + c else 1.0
        return McNemar(b, c, None, p, "McNemar, exact")
    chi = (b - c) ** 2 / (b + c)
    return McNemar(b, c, chi, float(stats.chi2.sf(chi, 1)), "McNemar")


def _clustered(b: int, c: int, leads: Floats) -> McNemar:
    spread = float((leads**2).sum())
    chi = float(leads.sum() ** 2 / spread) if spread else 0.0
    name = "McNemar, images of a patient together"
    return McNemar(b, c, chi, float(stats.chi2.sf(chi, 1)), name)


@dataclass(frozen=True)
class Gap:
    """First minus second by the same draws of patients; `p` is two-sided."""

    difference: Interval
    p: float


def gaps(
    first: Sample, second: Sample, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Gap]:
    """For every figure that both have; the cases must be the same, in the same order."""
    if not (
        np.array_equal(first.targets, second.targets)
        and np.array_equal(first.patients, second.patients)
    ):
        raise InputError("Two models are compared on the same cases only, in the same order.")
    ours = draws_of(first, resamples=resamples, seed=seed)
    theirs = draws_of(second, resamples=resamples, seed=seed)
    both = [name for name in ours if name in theirs]
    found = {name: _gap(ours[name] - theirs[name], first) for name in both}
    return {name: gap for name, gap in found.items() if np.isfinite(gap.difference.value)}


def _gap(draws: Floats, sample: Sample) -> Gap:
    kind = Kind(sample.n, sample.n_patients, lowest=-np.inf, highest=np.inf)
    known = draws[1:][np.isfinite(draws[1:])]
    # One is added to both: no number of draws proves that a difference never happens.
    sides = (1 + (known <= 0).sum(), 1 + (known >= 0).sum())
    return Gap(interval(draws, kind), float(min(1.0, 2 * min(sides) / (1 + known.size))))
