"""The five figures of an epoch, quick enough to compute after every one, without intervals.

Sensitivity and specificity are of the positive classes against the rest, the likeliest
class being the answer.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax
from scipy.stats import rankdata

from core.domain.cases import Pathology
from core.domain.tasks import CANCER

Logits = NDArray[np.float32]
Targets = NDArray[np.int64]


def positive_classes(classes: tuple[str, ...]) -> tuple[str, ...]:
    """What a person must not miss: malignant or cancer where there is one, else the last."""
    serious = tuple(name for name in classes if name in (Pathology.MALIGNANT, CANCER.name))
    return serious or classes[-1:]


def figures(logits: Logits, targets: Targets, classes: tuple[str, ...]) -> dict[str, float]:
    """Accuracy, auc, sensitivity and specificity; not a number where a side is missing."""
    logs = log_probabilities(logits)
    answers = logs.argmax(axis=1)
    chosen = [classes.index(name) for name in positive_classes(classes)]
    positive, called = np.isin(targets, chosen), np.isin(answers, chosen)
    return {
        "accuracy": float(np.mean(answers == targets)),
        "auc": _mean_auc(logs, targets),
        "sensitivity": _share(called, positive),
        "specificity": _share(~called, ~positive),
    }


def accuracy(logits: Logits, targets: Targets) -> float:
    """The likeliest class being the answer, as above; not a number without any."""
    if not len(targets):
        return float("nan")
    answers = logits[:, 0] > 0 if logits.shape[1] == 1 else logits.argmax(axis=1)
    return float(np.mean(answers == targets))


def each_answer(logits: Logits, targets: Targets) -> tuple[Logits, Targets]:
    """Where a sample has several answers, such as one a breast, each that counts for itself."""
    if targets.ndim == 1:
        return logits, targets
    counts = targets >= 0
    return logits[counts][:, None], targets[counts]


def log_probabilities(logits: Logits) -> NDArray[np.float64]:
    """(n, classes); a single logit speaks for the second of two classes."""
    table = logits.astype(np.float64)
    if table.shape[1] == 1:
        table = np.concatenate([np.zeros_like(table), table], axis=1)
    result: NDArray[np.float64] = log_softmax(table, axis=1)
    return result


def cross_entropy(logits: Logits, targets: Targets) -> float:
    logs = log_probabilities(logits)
    return float(-logs[np.arange(len(targets)), targets].mean())


def _mean_auc(logs: NDArray[np.float64], targets: Targets) -> float:
    """Of each class that occurs against the rest, averaged; of two classes there is one."""
    classes = range(1, 2) if logs.shape[1] == 2 else range(logs.shape[1])
    found = [auc(_margin(logs, k), targets == k) for k in classes]
    known = [value for value in found if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def _margin(logs: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Ordered as the probability is, without its rounding near 1."""
    own = logs[:, k]
    if logs.shape[1] == 2:
        return own - logs[:, 1 - k]
    return np.asarray(own - np.log(np.maximum(-np.expm1(np.minimum(own, -1e-16)), 1e-300)))


def auc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others or not np.isfinite(scores).all():
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def _share(hit: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(hit[among].mean()) if among.any() else float("nan")
