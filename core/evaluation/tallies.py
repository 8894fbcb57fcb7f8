"""Figures that are made of sums over cases: confusion, losses, calibration error.

A patient's share of every sum is kept once; weighing patients is then one matrix product.
The matrix is sparse: a case adds to few of the sums.
"""

import numpy as np
from scipy import sparse

from core.evaluation.sample import Bools, Floats, Ints, Sample

CALIBRATION_BINS = 15


class Tallies:
    """`__call__(weights)` gives each figure for each column of weights (patients, draws)."""

    def __init__(self, sample: Sample) -> None:
        self._k = len(sample.classes)
        self._positive = sample.in_positive if sample.positive else None
        self._occurring = list(sample.occurring)
        self._table = _table(sample)

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
            found |= _two_sided(cells, self._positive, sure, unsure)
        return found

    def _overall(self, cells: Floats, n: Floats) -> dict[str, Floats]:
        right = np.trace(cells)
        truths, answers = cells.sum(axis=1), cells.sum(axis=0)
        chance = (truths * answers).sum(axis=0)
        hits = np.einsum("iir->ir", cells)
        recalls = ratio(hits, truths)[self._occurring]
        found = {
            "accuracy": right / n,
            "balanced_accuracy": _mean(recalls),
            "kappa": np.where(
                (truths > 0).sum(axis=0) > 1, ratio(right * n - chance, n * n - chance), np.nan
            ),
            "mcc": ratio(
                right * n - chance,
                np.sqrt((n**2 - (answers**2).sum(axis=0)) * (n**2 - (truths**2).sum(axis=0))),
            ),
        }
        if self._k > 2:
            f1 = ratio(2 * hits, truths + answers)[self._occurring]
            found["macro_f1"] = _mean(f1)
        return found


def _mean(of_classes: Floats) -> Floats:
    """Over the classes that occur; a single one leaves nothing to tell apart."""
    if len(of_classes) < 2:
        return np.full(of_classes.shape[1], np.nan)
    mean: Floats = of_classes.mean(axis=0)
    return mean


def ratio(above: Floats, below: Floats) -> Floats:
    """Not a number where there is nothing to divide by."""
    result = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def _two_sided(cells: Floats, positive: Bools, sure: Floats, unsure: Floats) -> dict[str, Floats]:
    """Where only one side occurs, only its own share of right answers means anything."""
    tp = cells[positive][:, positive].sum(axis=(0, 1))
    fn = cells[positive][:, ~positive].sum(axis=(0, 1))
    fp = cells[~positive][:, positive].sum(axis=(0, 1))
    tn = cells[~positive][:, ~positive].sum(axis=(0, 1))
    both = (tp + fn > 0) & (fp + tn > 0)
    mixed = {
        "precision": ratio(tp, tp + fp),
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
        # The RSNA challenge's F1, which counts probabilities instead of answers.
        "probabilistic_f1": ratio(2 * sure, sure + unsure + tp + fn),
    }
    alone = {"sensitivity": ratio(tp, tp + fn), "specificity": ratio(tn, tn + fp)}
    return alone | {name: np.where(both, values, np.nan) for name, values in mixed.items()}


def _table(sample: Sample) -> sparse.csr_array:
    """Rows are sums: confusion cells, four of `_losses`, and one gap for each bin."""
    k = len(sample.classes)
    cells = k * k
    losses = _losses(sample)
    bins, gaps = _gaps(sample)
    rows = [sample.targets * k + sample.predicted]
    rows += [np.full(sample.n, cells + place) for place in range(len(losses))]
    rows += [cells + len(losses) + bins]
    values = np.concatenate([np.ones(sample.n), *losses, gaps])
    columns = np.tile(sample.patients, len(rows))
    shape = (cells + len(losses) + CALIBRATION_BINS, sample.n_patients)
    return sparse.csr_array((values, (np.concatenate(rows), columns)), shape=shape)


def _losses(sample: Sample) -> list[Floats]:
    """Log loss, squared error, and the positive probability on either side."""
    own = sample.probabilities[np.arange(sample.n), sample.targets]
    tiny = np.finfo(np.float64).eps
    loss = -np.log(np.clip(own, tiny, 1 - tiny))
    truth = np.eye(len(sample.classes))[sample.targets]
    squares = ((sample.probabilities - truth) ** 2).sum(axis=1)
    # Two classes make the same error twice; by custom it is counted once.
    squares = squares / 2 if len(sample.classes) == 2 else squares
    sure = np.where(sample.is_positive, sample.score, 0.0)
    return [loss, squares, sure, sample.score - sure]


def _gaps(sample: Sample) -> tuple[Ints, Floats]:
    """The bin of the confidence, and confidence minus truth."""
    confidence, right = confidences(sample)
    return bins_of(confidence), confidence - right


def bins_of(confidence: Floats) -> Ints:
    """Bins of equal width; a confidence of 1 belongs to the last."""
    return np.minimum((confidence * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)


def confidences(sample: Sample) -> tuple[Floats, Floats]:
    """Of two classes the positive one's probability; of more, the likeliest class's."""
    if len(sample.classes) == 2:
        return sample.score, sample.is_positive.astype(np.float64)
    likeliest = sample.probabilities.argmax(axis=1)
    return sample.probabilities.max(axis=1), (likeliest == sample.targets).astype(np.float64)
