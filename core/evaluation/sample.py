"""What is judged: answers beside truths, and whose image each one is.

Everything that measures starts from a `Sample`, so that nonsense is refused once, in a
sentence, and no figure has to wonder about shapes or missing numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Probabilities come from float32 networks and through tables.
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Sample:
    """`patients` holds places 0 ... `n_patients` - 1; `positive` may be empty for more classes."""

    targets: Ints
    probabilities: Floats
    patients: Ints
    classes: tuple[str, ...]
    positive: tuple[str, ...]
    threshold: float

    @property
    def n(self) -> int:
        return int(self.targets.size)

    @cached_property
    def n_patients(self) -> int:
        return int(self.patients.max()) + 1

    @cached_property
    def in_positive(self) -> Bools:
        """Which classes count as positive."""
        return np.array([name in self.positive for name in self.classes])

    @cached_property
    def score(self) -> Floats:
        """The probability of the positive classes together."""
        total: Floats = self.probabilities[:, self.in_positive].sum(axis=1)
        return total

    @cached_property
    def is_positive(self) -> Bools:
        return self.in_positive[self.targets]

    @cached_property
    def predicted(self) -> Ints:
        """The likeliest class on the side of the threshold where the case falls."""
        if not self.positive:
            return _likeliest(self.probabilities)
        above = self.score >= self.threshold
        allowed = self.in_positive[None, :] == above[:, None]
        return _likeliest(np.where(allowed, self.probabilities, -1.0))

    @cached_property
    def occurring(self) -> tuple[int, ...]:
        return tuple(int(place) for place in np.unique(self.targets))

    def take(self, rows: Bools | Ints) -> "Sample":
        """Only these cases; their patients are numbered anew."""
        return Sample(
            self.targets[rows],
            self.probabilities[rows],
            numbered(self.patients[rows]),
            self.classes,
            self.positive,
            self.threshold,
        )


def _likeliest(table: Floats) -> Ints:
    places: Ints = table.argmax(axis=1)
    return places


def make_sample(
    targets: ArrayLike,
    probabilities: ArrayLike,
    patients: ArrayLike,
    *,
    classes: Sequence[str],
    positive: Sequence[str] = (),
    threshold: float = 0.5,
) -> Sample:
    """Of two classes the last is positive when none is named."""
    names = tuple(classes)
    truth = _truth(np.asarray(targets), len(names))
    shares = _shares(np.asarray(probabilities, np.float64), truth.size, names)
    owners = np.asarray(patients)
    if owners.shape != truth.shape:
        raise InputError(
            f"There are {truth.size} cases but patients of shape {owners.shape}. Give one a case."
        )
    group = _group(names, tuple(positive))
    return Sample(truth, shares, numbered(owners), names, group, _threshold(threshold))


def numbered(owners: NDArray[Any]) -> Ints:
    """Patients by number, in the order in which they first appear, whatever their names."""
    codes, _ = pd.factorize(owners if owners.dtype.kind in "iu" else owners.astype(str))
    return np.asarray(codes, np.int64)


def _truth(targets: NDArray[np.generic], classes: int) -> Ints:
    if targets.ndim != 1 or not targets.size:
        raise InputError(
            f"There is nothing to measure: the true classes have shape {targets.shape}. "
            "Give one number a case, and at least one case."
        )
    numbers = targets.astype(np.float64)
    wrong = ~np.isin(numbers, np.arange(classes))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"{int(wrong.sum())} of {targets.size} cases have no known class (case {first} has "
            f"{targets[first]}). Allowed: 0 to {classes - 1}. Leave such cases out."
        )
    return numbers.astype(np.int64)


def _shares(values: Floats, n: int, names: tuple[str, ...]) -> Floats:
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 1 and len(names) == 2:
        values = np.column_stack([1 - values, values])
    if values.shape != (n, len(names)):
        raise InputError(
            f"The probabilities have shape {values.shape}; {n} cases of {len(names)} classes "
            f"({', '.join(names)}) need ({n}, {len(names)})."
        )
    _refuse(~_every(np.isfinite(values)), "a probability that is not a number")
    _refuse(~_every((values >= 0) & (values <= 1)), "a probability outside 0 to 1")
    _refuse(np.abs(values.sum(axis=1) - 1) > SUM_TOLERANCE, "probabilities that do not add up to 1")
    return values


def _every(table: Bools) -> Bools:
    rows: Bools = np.all(table, axis=1)
    return rows


def _refuse(wrong: Bools, what: str) -> None:
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"{int(wrong.sum())} of {wrong.size} cases have {what}; the first is case {first}. "
            "Nothing was measured. Check the model's output, or leave these cases out."
        )


def _group(names: tuple[str, ...], positive: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(positive) - set(names))
    if unknown:
        raise InputError(
            f"{', '.join(unknown)} cannot count as positive. Allowed: {', '.join(names)}."
        )
    if len(set(positive)) == len(names):
        raise InputError("All classes count as positive, so nothing can be told apart. Name fewer.")
    return positive or (names[-1:] if len(names) == 2 else ())


def _threshold(value: float) -> float:
    # One float above 1 is how `operating_point.choose` says "call nothing positive".
    if not 0 <= value <= np.nextafter(1.0, 2.0):
        raise InputError(f"A threshold lies between 0 and 1. Received: {value}.")
    return float(value)
