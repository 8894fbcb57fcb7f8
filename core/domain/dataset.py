"""A prepared dataset's description, and how its images are divided."""

from dataclasses import dataclass, field
from typing import Any, Literal

from core.domain.preprocess import PreprocessSpec

TRAIN, VALIDATION, TEST = "train", "validation", "test"
Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Source:
    """One publisher's folder, and how it is to be read."""

    format: str
    root: str
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PatchPlan:
    """Squares of `size` pixels at the scale of the spec, instead of the whole image.

    A lesion that does not fit together with `margin`, a share of its longer side, is
    shrunk into the square. `background` squares are cut for each lesion, and as many
    from an image without one.
    """

    size: int
    margin: float = 0.2
    background: float = 1.0


@dataclass(frozen=True)
class PrepareRequest:
    """All that decides what a prepared dataset holds; how many processes make it does not."""

    name: str
    sources: tuple[Source, ...]
    spec: PreprocessSpec
    task: str
    views: tuple[str, ...] = ()  # empty: all
    limit: int | None = None
    patches: PatchPlan | None = None
    seed: int = 0


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

    `method` is fractions, official, repaired-official, folds or followed.
    """

    name: str
    method: str
    seed: int
    fractions: tuple[float, float, float] | None = None
    folds: int | None = None
    grouped_by: tuple[str, ...] = ("patient_id",)
    stratified_by: tuple[str, ...] = ("class", "source")
    notes: tuple[str, ...] = ()
