"""Curves of an evaluation as numbers, one array element a point.

Every curve turns into columns, so that whatever is drawn can also be saved as a table.
"""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.card import Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """A curve: its array fields are columns of the same length."""

    def columns(self) -> dict[str, list[Any]]:
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: v.tolist() for name, v in values.items() if isinstance(v, np.ndarray)}


@dataclass(frozen=True)
class RocCurve(Points):
    """From nothing called positive to everything; `low` and `high` bound `sensitivity`

    at the same false positive rate. `threshold` is infinite at the first point.
    """

    false_positive_rate: Floats
    sensitivity: Floats
    low: Floats
    high: Floats
    threshold: Floats
    auc: Interval


@dataclass(frozen=True)
class PrecisionRecall(Points):
    """`prevalence` is the precision of calling everything positive."""

    recall: Floats
    precision: Floats
    threshold: Floats
    prevalence: float
    average_precision: float


@dataclass(frozen=True)
class Reliability(Points):
    """One point a bin: what the model said on average, and how often it was so."""

    said: Floats
    observed: Floats
    low: Floats
    high: Floats
    cases: NDArray[np.int64]
    error: float  # expected calibration error
    temperature: float


@dataclass(frozen=True)
class ScoreDistribution(Points):
    """Shares of each side's cases by score; bins lie between neighbouring `edges`."""

    edges: Floats
    positive: Floats
    negative: Floats

    def columns(self) -> dict[str, list[Any]]:
        return {
            "from": self.edges[:-1].tolist(),
            "to": self.edges[1:].tolist(),
            "positive": self.positive.tolist(),
            "negative": self.negative.tolist(),
        }


@dataclass(frozen=True)
class DecisionCurve(Points):
    """Net benefit by the probability from which one would act (Vickers and Elkin 2006)."""

    threshold: Floats
    model: Floats
    act_on_all: Floats
    act_on_none: Floats


@dataclass(frozen=True)
class Curves:
    """What could not be drawn is None; `missing` says why.

    `by_class` holds one curve a class against the rest where there are more than two.
    """

    roc: RocCurve | None = None
    precision_recall: PrecisionRecall | None = None
    calibration: Reliability | None = None
    raw_calibration: Reliability | None = None  # before temperature scaling
    scores: ScoreDistribution | None = None
    decision: DecisionCurve | None = None
    by_class: dict[str, RocCurve] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
