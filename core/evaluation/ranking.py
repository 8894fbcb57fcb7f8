"""Figures of the order of scores: areas under curves, and one rate where the other is fixed.

Scores are sorted once. A draw of patients only changes weights, so each curve is two
running sums, whatever the draw; equal scores move together.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from core.evaluation.sample import Bools, Floats, Ints
from core.evaluation.tallies import ratio

# Rates are counts divided by counts: this only absorbs what 1 - 0.9 loses.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Ranked:
    """One score against one question; rows are steps of the curve, from the highest score."""

    positives: sparse.csr_array
    negatives: sparse.csr_array

    def curve(self, weights: Floats) -> "Curve":
        """True and false positives called so far, (steps, draws)."""
        return Curve(
            np.cumsum(self.positives @ weights, axis=0), np.cumsum(self.negatives @ weights, axis=0)
        )


@dataclass(frozen=True)
class Curve:
    """Cumulated true and false positives, one column a draw."""

    tp: Floats
    fp: Floats

    def auc(self) -> Floats:
        rise = np.diff(self.tp, axis=0, prepend=0.0)
        # Each positive beats the negatives after it, and half of those beside it.
        fp = self.fp.copy()
        fp[1:] += self.fp[:-1]
        lost = np.einsum("sr,sr->r", rise, fp) / 2
        return 1 - ratio(lost, self.tp[-1] * self.fp[-1])

    def average_precision(self) -> Floats:
        rise = np.diff(self.tp, axis=0, prepend=0.0)
        called = self.tp + self.fp
        precision = np.divide(self.tp, called, out=np.zeros_like(called), where=called > 0)
        return ratio(np.einsum("sr,sr->r", rise, precision), self.tp[-1])

    def partial_auc(self, most_false: float) -> Floats:
        """McClish's standardised area up to this false positive rate: 0.5 is chance."""
        total_p, total_n = self.tp[-1], self.fp[-1]
        limit = most_false * total_n
        before = np.vstack([np.zeros_like(limit), self.fp[:-1]])
        steps = int((before < limit).any(axis=1).sum())
        fp0, fp1 = before[:steps], self.fp[:steps]
        tp1 = self.tp[:steps]
        tp0 = np.vstack([np.zeros_like(limit), tp1[:-1]])[:steps]
        width = np.clip(np.minimum(fp1, limit) - fp0, 0, None)
        slope = np.divide(tp1 - tp0, fp1 - fp0, out=np.zeros_like(tp1), where=fp1 > fp0)
        area = ratio((width * (tp0 + slope * width / 2)).sum(axis=0), total_p * total_n)
        chance = most_false**2 / 2
        return 0.5 * (1 + (area - chance) / (most_false - chance))

    def sensitivity_at(self, specificity: float) -> Floats:
        """The best sensitivity among thresholds with at least this specificity."""
        allowed = self.fp <= (1 - specificity) * self.fp[-1] + ROUNDING
        best = np.where(allowed, self.tp, 0.0).max(axis=0)
        return np.where(self.fp[-1] > 0, ratio(best, self.tp[-1]), np.nan)

    def specificity_at(self, sensitivity: float) -> Floats:
        """The best specificity among thresholds with at least this sensitivity."""
        reached = self.tp >= sensitivity * self.tp[-1] - ROUNDING
        fewest = np.where(reached, self.fp, np.inf).min(axis=0)
        return np.where(self.tp[-1] > 0, 1 - ratio(fewest, self.fp[-1]), np.nan)

    def sensitivity_along(self, false_rates: Floats) -> Floats:
        """The curve read off at these false positive rates, (rates, draws)."""
        tpr, fpr = ratio(self.tp, self.tp[-1]), ratio(self.fp, self.fp[-1])
        start = np.zeros(1)
        return np.column_stack(
            [
                np.interp(
                    false_rates,
                    np.concatenate([start, fpr[:, j]]),
                    np.concatenate([start, tpr[:, j]]),
                )
                for j in range(tpr.shape[1])
            ]
        )


def ranked(scores: Floats, positive: Bools, patients: Ints, n_patients: int) -> Ranked:
    """Runs of equal scores are one step, and so are runs that hold negatives alone."""
    order = np.argsort(-scores, kind="stable")
    step = _steps(scores[order], positive[order])
    shape = (int(step[-1]) + 1, n_patients)
    owner, side = patients[order], positive[order]

    def table(rows: Bools) -> sparse.csr_array:
        ones = np.ones(int(rows.sum()))
        return sparse.csr_array((ones, (step[rows], owner[rows])), shape=shape)

    return Ranked(table(side), table(~side))


def _steps(sorted_scores: Floats, sorted_positive: Bools) -> Ints:
    new = np.concatenate([[True], np.diff(sorted_scores) != 0])
    group = np.cumsum(new) - 1
    holds_positive = np.bincount(group, sorted_positive) > 0
    begins = np.ones(holds_positive.size, bool)
    begins[1:] = holds_positive[1:] | holds_positive[:-1]
    steps: Ints = (np.cumsum(begins) - 1)[group]
    return steps
