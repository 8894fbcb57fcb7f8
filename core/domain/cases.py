"""One mammogram as a dataset describes it, before any pixel is read.

A case is one row of a dataset's table. Its findings are given in pixels of the
original image, x to the right, y down, (0, 0) at the centre of the top left pixel.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    LEFT = "L"
    RIGHT = "R"


class View(StrEnum):
    """How the breast was compressed; other projections than these are kept as `OTHER`."""

    CC = "CC"
    MLO = "MLO"
    OTHER = "other"


class FindingKind(StrEnum):
    MASS = "mass"
    CALCIFICATION = "calcification"
    DISTORTION = "distortion"
    ASYMMETRY = "asymmetry"
    OTHER = "other"


class Pathology(StrEnum):
    """Of a finding or of a whole image, in ascending order of concern."""

    NORMAL = "normal"
    BENIGN_WITHOUT_CALLBACK = "benign_without_callback"
    BENIGN = "benign"
    MALIGNANT = "malignant"


CONCERN = tuple(Pathology)


def worst(pathologies: "list[Pathology]") -> Pathology:
    """What an image counts as when it shows several findings; normal when it shows none."""
    return max(pathologies, key=CONCERN.index, default=Pathology.NORMAL)


@dataclass(frozen=True)
class Circle:
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Polygon:
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Outline:
    """The edges of a mask that may have several pieces: one ring of points each."""

    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True)
class MaskFile:
    """A picture of the size of the image, not zero where the finding is."""

    path: str


Shape = Circle | Polygon | Outline | MaskFile


@dataclass(frozen=True, slots=True)
class Finding:
    kind: FindingKind
    pathology: Pathology | None = None
    shape: Shape | None = None
    note: str = ""


FACTS = ("age", "density", "implant", "machine")  # of a patient, that a model may be told


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about the patient and the exam; None is "not known", never a guess."""

    age: float | None = None
    density: str | None = None  # A, B, C or D
    birads: str | None = None  # as written by the set, such as 4a
    implant: bool | None = None
    machine: str | None = None
    site: str | None = None
    exam: str | None = None  # tells earlier exams of a patient apart
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One image of a dataset.

    `path` is relative to the dataset's root folder. `part` says where in that file
    the image is, when the file holds many (an array's row, a record's first byte).
    `label` is what the set itself says, word for word; `pathology` and `cancer`
    are its meaning, None where the set does not say. A set that tells cancer from
    no cancer and nothing more fills `cancer` alone. `split` is the official one.
    """

    image_id: str
    patient_id: str
    source: str
    path: str
    part: int | None = None
    laterality: Side | None = None
    view: View | None = None
    label: str = ""
    pathology: Pathology | None = None
    cancer: bool | None = None
    findings: tuple[Finding, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    split: str | None = None
    group: str | None = None  # copies of one source image share it, where the set tells
    row: int | None = None  # of the set's own table, for messages
