"""Figures of the order of scores: areas under curves, and one rate where the other is fixed.

Scores are sorted once. A draw of patients only changes weights, so each curve is a few
running sums, whatever the draw; equal scores move together. A step of the curve is a
score that some positive has; the negatives between two steps need no step of their own.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from core.evaluation.sample import Bools, Floats, Ints
from core.evaluation.tallies import ratio

# Rates are counts divided by counts: this only absorbs what 1 - 0.9 loses.
ROUNDING = 1e-9
BLOCK = 48


@dataclass(frozen=True)
class Ranked:
    """One score against one question; rows are steps, from the highest score."""

    positives: sparse.csr_array
    negatives: sparse.csr_array  # above the step and in it, since the step before
    tied: sparse.csr_array | None  # those in it
    all_negatives: Floats  # by patient

    def curve(self, weights: Floats) -> "Curve":
        rise = self.positives @ weights
        tied = None if self.tied is None else self.tied @ weights
        called = running_sum(self.negatives @ weights)
        return Curve(rise, running_sum(rise), called, tied, self.all_negatives @ weights)


@dataclass(frozen=True)
class Curve:
    """(steps, draws). `tp` and `fp` are called positive down to and with the step's score."""

    rise: Floats
    tp: Floats
    fp: Floats
    tied: Floats | None
    negatives: Floats

    def auc(self) -> Floats:
        """Each positive loses to the negatives above it and half to those beside it."""
        lost = np.einsum("sr,sr->r", self.rise, self.fp)
        if self.tied is not None:
            lost -= np.einsum("sr,sr->r", self.rise, self.tied) / 2
        return 1 - ratio(lost, self.tp[-1] * self.negatives)

    def average_precision(self) -> Floats:
        called = self.tp + self.fp
        precision = np.divide(self.tp, called, out=np.zeros_like(called), where=called > 0)
        area = ratio(np.einsum("sr,sr->r", self.rise, precision), self.tp[-1])
        return np.where(self.negatives > 0, area, np.nan)

    def partial_auc(self, most_false: float) -> Floats:
        """McClish's standardised area up to this false positive rate: 0.5 is chance."""
        limit = most_false * self.negatives
        end = self.fp
        start = end if self.tied is None else end - self.tied
        steps = int((start < limit).any(axis=1).sum())
        start, end = start[:steps], end[:steps]
        # A positive counts for what lies right of it; a tied one rises on the way to `end`.
        whole = np.clip(limit - (start + end) / 2, 0, None)
        cut = np.divide(
            np.clip(limit - start, 0, None) ** 2,
            2 * (end - start),
            out=np.zeros_like(whole),
            where=end > start,
        )
        area = np.einsum("sr,sr->r", self.rise[:steps], np.where(end > limit, cut, whole))
        chance = most_false**2 / 2
        share = ratio(area, self.tp[-1] * self.negatives)
        return 0.5 * (1 + (share - chance) / (most_false - chance))

    def sensitivity_at(self, specificity: float) -> Floats:
        """The best sensitivity among thresholds with at least this specificity."""
        allowed = self.fp <= (1 - specificity) * self.negatives + ROUNDING
        best = np.where(allowed, self.tp, 0.0).max(axis=0)
        return np.where(self.negatives > 0, ratio(best, self.tp[-1]), np.nan)

    def specificity_at(self, sensitivity: float) -> Floats:
        """The best specificity among thresholds with at least this sensitivity."""
        reached = self.tp >= sensitivity * self.tp[-1] - ROUNDING
        fewest = np.where(reached, self.fp, np.inf).min(axis=0)
        return np.where(self.tp[-1] > 0, 1 - ratio(fewest, self.negatives), np.nan)

    def sensitivity_along(self, false_rates: Floats) -> Floats:
        """The curve read off at these false positive rates, (rates, draws)."""
        start = self.fp if self.tied is None else self.fp - self.tied
        across = np.repeat(self.fp, 2, axis=0)
        across[::2] = start
        up = np.repeat(self.tp, 2, axis=0)
        up[::2] -= self.rise
        columns = zip(ratio(across, self.negatives).T, ratio(up, self.tp[-1]).T, strict=True)
        return np.column_stack([np.interp(false_rates, x, y, left=0.0) for x, y in columns])


def running_sum(table: Floats) -> Floats:
    """`np.cumsum(table, axis=0)` in less than half the time: whole rows are added at once."""
    steps, draws = table.shape
    blocks = -(-steps // BLOCK)
    total = np.zeros((blocks * BLOCK, draws))
    total[:steps] = table
    parts = total.reshape(blocks, BLOCK, draws)
    for place in range(1, BLOCK):
        parts[:, place] += parts[:, place - 1]
    parts[1:] += np.cumsum(parts[:-1, -1], axis=0)[:, None]
    return total[:steps]


def ranked(scores: Floats, positive: Bools, patients: Ints, n_patients: int) -> Ranked:
    order = np.argsort(-scores, kind="stable")
    side, owner = positive[order], patients[order]
    group = np.concatenate([[0], np.cumsum(np.diff(scores[order]) != 0)])
    with_positive = np.bincount(group, side) > 0
    # A score without positives belongs to the step below it, the lowest ones to none.
    step: Ints = (np.cumsum(with_positive) - with_positive)[group]
    steps = max(1, int(with_positive.sum()))

    def table(rows: Bools) -> sparse.csr_array:
        ones = np.ones(int(rows.sum()))
        return sparse.csr_array((ones, (step[rows], owner[rows])), shape=(steps, n_patients))

    beside = ~side & with_positive[group]
    return Ranked(
        table(side),
        table(~side & (step < steps)),
        table(beside) if beside.any() else None,
        np.bincount(owner[~side], minlength=n_patients).astype(np.float64),
    )
