"""Figures that are made of sums over cases: confusion, losses, calibration error.

A patient's share of every sum is kept once; weighing patients is then one matrix product.
"""

import numpy as np

from core.evaluation.sample import Bools, Floats, Sample

CALIBRATION_BINS = 15


class Tallies:
    """`__call__(weights)` gives each figure for each column of weights (patients, draws)."""

    def __init__(self, sample: Sample) -> None:
        self._k = len(sample.classes)
        self._positive = sample.in_positive if sample.positive else None
        self._occurring = list(sample.occurring)
        columns = [_cells(sample), _losses(sample), _gaps(sample)]
        self._table = np.vstack([_by_patient(block, sample) for block in columns])

    def __call__(self, weights: Floats) -> dict[str, Floats]:
        sums = self._table @ weights
        k = self._k
        cells = sums[: k * k].reshape(k, k, -1)
        loss, squares, sure, unsure = sums[k * k : k * k + 4]
        n = cells.sum(axis=(0, 1))
        found = self._overall(cells, n)
        found |= {"log_loss": loss / n, "brier": squares / n}
        found["ece"] = np.abs(sums[k * k + 4 :]).sum(axis=0) / n
        if self._positive is not None:
            found |= _two_sided(cells, self._positive)
            # The RSNA challenge's F1, which counts probabilities instead of answers.
            positives = cells[self._positive].sum(axis=(0, 1))
            found["probabilistic_f1"] = ratio(2 * sure, sure + unsure + positives)
        return found

    def _overall(self, cells: Floats, n: Floats) -> dict[str, Floats]:
        right = np.trace(cells)
        truths, answers = cells.sum(axis=1), cells.sum(axis=0)
        chance = (truths * answers).sum(axis=0)
        hits = np.einsum("iir->ir", cells)
        recalls = ratio(hits, truths)[self._occurring]
        found = {
            "accuracy": right / n,
            "balanced_accuracy": recalls.mean(axis=0),
            "kappa": ratio(right * n - chance, n * n - chance),
            "mcc": ratio(
                right * n - chance,
                np.sqrt((n**2 - (answers**2).sum(axis=0)) * (n**2 - (truths**2).sum(axis=0))),
            ),
        }
        if self._k > 2:
            f1 = ratio(2 * hits, truths + answers)[self._occurring]
            found["macro_f1"] = f1.mean(axis=0)
        return found


def ratio(above: Floats, below: Floats) -> Floats:
    """Not a number where there is nothing to divide by."""
    result = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def _two_sided(cells: Floats, positive: Bools) -> dict[str, Floats]:
    tp = cells[positive][:, positive].sum(axis=(0, 1))
    fn = cells[positive][:, ~positive].sum(axis=(0, 1))
    fp = cells[~positive][:, positive].sum(axis=(0, 1))
    tn = cells[~positive][:, ~positive].sum(axis=(0, 1))
    return {
        "sensitivity": ratio(tp, tp + fn),
        "specificity": ratio(tn, tn + fp),
        "precision": ratio(tp, tp + fp),
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
    }


def _cells(sample: Sample) -> Floats:
    k = len(sample.classes)
    cells: Floats = np.eye(k * k)[sample.targets * k + sample.predicted].T
    return cells


def _losses(sample: Sample) -> Floats:
    """Log loss, squared error, and the positive probability on either side."""
    own = sample.probabilities[np.arange(sample.n), sample.targets]
    tiny = np.finfo(np.float64).eps
    loss = -np.log(np.clip(own, tiny, 1 - tiny))
    truth = np.eye(len(sample.classes))[sample.targets]
    squares = ((sample.probabilities - truth) ** 2).sum(axis=1)
    # Two classes make the same error twice; by custom it is counted once.
    squares = squares / 2 if len(sample.classes) == 2 else squares
    sure = np.where(sample.is_positive, sample.score, 0.0)
    return np.stack([loss, squares, sure, sample.score - sure])


def _gaps(sample: Sample) -> Floats:
    """Confidence minus truth, in the bin of the confidence."""
    confidence, right = confidences(sample)
    place = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    bins = np.eye(CALIBRATION_BINS)[place].T
    gaps: Floats = bins * (confidence - right)
    return gaps


def confidences(sample: Sample) -> tuple[Floats, Floats]:
    """Of two classes the positive one's probability; of more, the likeliest class's."""
    if len(sample.classes) == 2:
        return sample.score, sample.is_positive.astype(np.float64)
    likeliest = sample.probabilities.argmax(axis=1)
    return sample.probabilities.max(axis=1), (likeliest == sample.targets).astype(np.float64)


def _by_patient(block: Floats, sample: Sample) -> Floats:
    return np.stack([np.bincount(sample.patients, row, sample.n_patients) for row in block])
