"""A prepared dataset's description, and how its images are divided."""

from dataclasses import dataclass, field
from typing import Any, Literal

from core.domain.preprocess import PreprocessSpec

TRAIN, VALIDATION, TEST = "train", "validation", "test"
Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class DatasetInfo:
    """Written as `dataset.json` when preparing ends; a folder without it is unfinished."""

    name: str
    format: str
    root: str
    spec: PreprocessSpec
    task: str
    classes: tuple[str, ...]
    images: int
    patients: int
    quarantined: int
    synthetic: bool
    created: str
    seconds: float
    versions: dict[str, str]
    checksums: dict[str, str]
    terms: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SplitInfo:
    """How a split came about; the assignment itself is a table beside it.

    `method` is fractions, official, repaired-official or folds.
    """

    name: str
    method: str
    seed: int
    fractions: tuple[float, float, float] | None = None
    folds: int | None = None
    grouped_by: tuple[str, ...] = ("patient_id",)
    stratified_by: tuple[str, ...] = ("class", "source")
    notes: tuple[str, ...] = ()
