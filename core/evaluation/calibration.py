"""Temperature scaling: one number that makes probabilities mean what they say.

Guo et al. 2017, "On Calibration of Modern Neural Networks". Logits are divided by the
temperature; the order of classes, and so every accuracy, stays as it was. Where there are
cases enough, a shift of each class besides (Alexandari et al. 2020), without which a network
that learned from classes drawn equally often stays wrong about how common they are.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax, softmax

from core.errors import InputError
from core.evaluation.sample import Floats, Ints

# Beyond these a temperature says "always unsure" or "always certain", not "calibrated".
COLDEST, HOTTEST = 0.05, 20.0


def fit_temperature(logits: ArrayLike, targets: ArrayLike) -> float:
    """The temperature with the least log loss on these cases (validation, never test).

    `logits` is (n, classes), or (n,) or (n, 1) for two classes.
    """
    table, truth = _full(logits), np.asarray(targets, np.int64)
    _check(table, truth)
    rows = np.arange(truth.size)

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(table / np.exp(log_temperature), axis=1)
        return float(-scaled[rows, truth].mean())

    bounds = (np.log(COLDEST), np.log(HOTTEST))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def fit_temperature_and_shift(
    logits: ArrayLike, targets: ArrayLike
) -> tuple[float, tuple[float, ...]]:
    """Also what is added to each logit afterwards, as many numbers as there are logits.

    Shifts are held near zero as by one more case, so that few cases move them little.
    """
    table, truth = _full(logits), np.asarray(targets, np.int64)
    begun = np.log(fit_temperature(table, truth))
    rows, free = np.arange(truth.size), table.shape[1] - 1

    def loss(asked: Floats) -> float:
        shifts = np.concatenate([[0.0], asked[1:]])
        scaled = log_softmax(table / np.exp(asked[0]) + shifts, axis=1)
        return float(-scaled[rows, truth].sum() + 0.5 * (asked[1:] ** 2).sum()) / truth.size

    bounds = [(np.log(COLDEST), np.log(HOTTEST))] + [(None, None)] * free
    found = minimize(loss, np.array([begun, *[0.0] * free]), bounds=bounds, method="L-BFGS-B").x
    shifts = tuple(float(one) for one in found[1:])
    return float(np.exp(found[0])), shifts if _outputs(logits) == 1 else (0.0, *shifts)


def _outputs(logits: ArrayLike) -> int:
    values = np.asarray(logits)
    return 1 if values.ndim == 1 else int(values.shape[1])


def to_probabilities(logits: ArrayLike, temperature: float = 1.0) -> Floats:
    """(n, classes); one logit a case means two classes."""
    table: Floats = softmax(_full(logits) / temperature, axis=1)
    return table


def _full(logits: ArrayLike) -> Floats:
    values = np.asarray(logits, np.float64)
    flat = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    return np.column_stack([np.zeros_like(flat), flat]) if flat.ndim == 1 else flat


def _check(table: Floats, truth: Ints) -> None:
    if table.shape[0] != truth.size or not truth.size:
        raise InputError(
            f"A temperature is fitted on cases with logits and classes; received "
            f"{table.shape[0]} and {truth.size}."
        )
    if not np.isfinite(table).all():
        raise InputError("Some logits are not numbers, so no temperature can be fitted.")
    if truth.min() < 0 or truth.max() >= table.shape[1]:
        raise InputError(
            f"Classes run from 0 to {table.shape[1] - 1}; received {truth.min()} to {truth.max()}."
        )
