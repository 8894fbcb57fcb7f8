"""Cases to measure: patients with several images each, and answers that are often right."""

from collections.abc import Callable

import numpy as np
import pytest

from core.evaluation.sample import Sample, make_sample

MakeSample = Callable[..., Sample]


@pytest.fixture
def cases() -> MakeSample:
    return draw_cases


def draw_cases(
    seed: int = 0,
    n: int = 240,
    classes: int = 2,
    *,
    per_patient: int = 4,
    decimals: int | None = None,
    signal: float = 1.2,
    positive: tuple[str, ...] = (),
) -> Sample:
    """`decimals` rounds the answers, so that many are equal."""
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, classes, n)
    logits = rng.normal(size=(n, classes))
    logits[np.arange(n), targets] += signal
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    if decimals is not None:
        shares = np.round(shares, decimals)
        shares /= shares.sum(axis=1, keepdims=True)
    names = ("negative", "cancer") if classes == 2 else tuple("abcdefgh"[:classes])
    patients = np.arange(n) // per_patient
    return make_sample(targets, shares, patients, classes=names, positive=positive)
