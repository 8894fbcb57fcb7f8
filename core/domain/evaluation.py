"""What an evaluation says, ready to be shown, written as JSON or put into a report."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from core.domain.card import ClassCard, Interval, OperatingPoint
from core.domain.curves import Curves
from core.domain.heatmaps import HeatmapReport


@dataclass(frozen=True)
class ClassRow:
    """A line of the report table; averages have the same columns."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True)
class PerClass:
    """The table of the systems: classes, then accuracy, then the two averages."""

    rows: tuple[ClassRow, ...]
    accuracy: float
    macro: ClassRow
    weighted: ClassRow
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subgroup:
    """The cases that share one value of one property, such as density D."""

    by: str
    value: str
    cases: int
    patients: int
    positives: int
    figures: dict[str, Interval]
    missing: dict[str, str]
    small: bool  # too few patients for its figures to say much


@dataclass(frozen=True)
class SubgroupTable:
    """One property's groups; `gap` is between its best and worst that are not small.

    `p` says how often chance alone would set groups so far apart.
    """

    by: str
    title: str
    groups: tuple[Subgroup, ...]
    figure: str  # what the gap is measured in
    gap: float | None
    p: float | None
    unknown: int  # cases of which the property is not known
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Model A minus model B on the same cases; `p` is two-sided."""

    figure: str
    first: str
    second: str
    difference: Interval
    p: float | None
    test: str
    note: str = ""

    def to_document(self) -> dict[str, Any]:
        return {name: finite(value) for name, value in asdict(self).items()}


class Weight(StrEnum):
    """`SERIOUS` findings stand in red above every figure."""

    SERIOUS = "serious"
    NOTE = "note"


@dataclass(frozen=True)
class Caution:
    """A sentence that belongs beside the figures; `examples` name cases or patients."""

    weight: Weight
    title: str
    text: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shortcut:
    """How well one property that is not the image tells the classes apart, cross-validated."""

    name: str
    title: str
    auc: Interval | None
    note: str = ""


@dataclass(frozen=True)
class Context:
    """What figures must be read against."""

    prevalence: float | None
    majority: str
    majority_accuracy: float
    shortcuts: tuple[Shortcut, ...] = ()


@dataclass(frozen=True)
class PublishedResult:
    """Figures of somebody else's system on somebody else's data, never ours."""

    system: str
    model: str
    source: str
    data: str
    figures: dict[str, float]
    rows: tuple[ClassRow, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    classes: tuple[str, ...] = ()
    caution: str = ""


@dataclass(frozen=True)
class Judged:
    """Which model on which cases: stands over every figure."""

    model: str
    title: str
    dataset: str
    split: str | None
    part: str | None
    synthetic: bool
    cases: int
    patients: int
    classes: tuple[ClassCard, ...]
    point: OperatingPoint
    temperature: float
    measured: str  # when, as ISO date and time
    unit: str = "images"  # what a case is: an image, or a breast in all its views

    @property
    def where(self) -> str:
        """The set in words, as figures must name it."""
        place = f"{self.dataset}, {self.part or 'all images'}"
        return f"{place} (split {self.split})" if self.split and self.part else place


@dataclass(frozen=True)
class Evaluation:
    """One model on one set of cases, everything that is said of it."""

    judged: Judged
    figures: dict[str, Interval]
    missing: dict[str, str]
    notes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]  # rows are truths, columns are answers
    curves: Curves
    per_class: PerClass
    context: Context
    cautions: tuple[Caution, ...]
    subgroups: tuple[SubgroupTable, ...] = ()
    published: tuple[PublishedResult, ...] = ()
    heatmaps: HeatmapReport | None = None
    learning: dict[str, list[float]] = field(default_factory=dict)  # history.csv of the run

    def to_document(self) -> dict[str, Any]:
        """As the command line writes it: no arrays, no numbers that JSON does not know."""
        seen = self.judged
        return {
            "model": seen.model,
            "dataset": seen.dataset,
            "split": seen.split,
            "part": seen.part,
            "synthetic": seen.synthetic,
            "n": seen.cases,
            "unit": seen.unit,
            "patients": seen.patients,
            "operating_point": asdict(seen.point),
            "metrics": {name: finite(asdict(i)) for name, i in self.figures.items()},
            "missing": self.missing,
            "confusion": {
                "classes": [c.name for c in seen.classes],
                "counts": [list(row) for row in self.confusion],
            },
            "per_class": finite(asdict(self.per_class)),
            "context": finite(asdict(self.context)),
            "cautions": [asdict(c) for c in self.cautions],
            "notes": list(self.notes),
            "subgroups": [finite(asdict(s)) for s in self.subgroups],
            "heatmaps": finite([asdict(r) for r in self.heatmaps.rows]) if self.heatmaps else None,
        }


def finite(value: Any) -> Any:
    """JSON has no infinity: an open bound becomes null."""
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
