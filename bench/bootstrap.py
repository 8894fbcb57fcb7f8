"""What intervals by patient cost: all figures at once against scikit-learn in a loop.

The loop is what one would write without this: draw patients, gather their rows, ask
scikit-learn for the same figures. It is timed on a few draws and counted up to as many.

    python -m bench.bootstrap [--cases 50000] [--resamples 1000]
"""

import argparse
import time

import numpy as np
from sklearn import metrics

from core.evaluation.figures import measure
from core.evaluation.sample import Sample, make_sample

TARGET = 10.0
LOOPED = 3
PER_PATIENT = 4


def cases(n: int, classes: int, prevalence: float) -> Sample:
    rng = np.random.default_rng(0)
    shares = [1 - prevalence, *[prevalence / (classes - 1)] * (classes - 1)]
    targets = rng.choice(classes, n, p=shares)
    logits = rng.normal(size=(n, classes))
    logits[np.arange(n), targets] += 1
    table = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    names = tuple(f"class{place}" for place in range(classes))
    patients = np.arange(n) // PER_PATIENT
    return make_sample(targets, table, patients, classes=names, positive=names[-1:])


def looped(sample: Sample, draws: int) -> float:
    """Seconds for one draw of scikit-learn's figures, patients gathered by row numbers."""
    rng = np.random.default_rng(0)
    order = np.argsort(sample.patients, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(sample.patients))[:-1])
    start = time.perf_counter()
    for _ in range(draws):
        picked = rng.integers(0, sample.n_patients, sample.n_patients)
        _figures(sample, np.concatenate([rows[p] for p in picked]))
    return (time.perf_counter() - start) / draws


def _figures(sample: Sample, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    truth, table = sample.targets[rows], sample.probabilities[rows]
    positive, score, answer = sample.is_positive[rows], sample.score[rows], sample.predicted[rows]
    metrics.roc_auc_score(positive, score)
    metrics.roc_auc_score(positive, score, max_fpr=0.1)
    metrics.average_precision_score(positive, score)
    if len(sample.classes) > 2:
        metrics.roc_auc_score(truth, table, multi_class="ovr")
        metrics.average_precision_score(np.eye(len(sample.classes))[truth], table)
    metrics.classification_report(truth, answer, output_dict=True, zero_division=0)
    metrics.balanced_accuracy_score(truth, answer)
    metrics.matthews_corrcoef(truth, answer)
    metrics.cohen_kappa_score(truth, answer)
    metrics.log_loss(truth, table)
    metrics.brier_score_loss(truth, table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--resamples", type=int, default=1000)
    args = parser.parse_args()
    print(f"{args.cases} cases, {args.resamples} resamples of patients; target {TARGET:.0f} s")
    print(
        f"{'classes':<10}{'positive':>10}{'here':>10}{'figures':>10}{'in a loop':>14}{'ratio':>8}"
    )
    for classes, prevalence in ((2, 0.5), (2, 0.02), (4, 0.75)):
        sample = cases(args.cases, classes, prevalence)
        start = time.perf_counter()
        found = measure(sample, resamples=args.resamples)
        own = time.perf_counter() - start
        loop = looped(sample, LOOPED) * args.resamples
        share = f"{sample.is_positive.mean():.0%}"
        print(
            f"{classes:<10}{share:>10}{own:>8.1f} s{len(found.figures):>10}{loop:>12.0f} s"
            f"{loop / own:>8.0f}"
        )


if __name__ == "__main__":
    main()
