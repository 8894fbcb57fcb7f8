"""A CSV manifest of one's own: one row an image or a finding, with documented columns."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from core.datasets import vocabulary as words
from core.datasets.base import Problem, Reader
from core.datasets.tables import Row, headings, missing_columns, read_table
from core.domain.cases import Case, Circle, Finding, MaskFile, Metadata, Shape, worst

NEEDED = ("path", "patient_id", "label")
FILE_NAMES = ("cases.csv", "manifest.csv")
COLUMNS = (
    "image_id",
    "patient_id",
    "path",
    "label",
    "laterality",
    "view",
    "age",
    "density",
    "birads",
    "implant",
    "machine",
    "site",
    "exam",
    "split",
    "group",
    "finding_kind",
    "finding_pathology",
    "finding_mask",
    "finding_x",
    "finding_y",
    "finding_radius",
)
OFFICIAL_SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
    "": None,
}


class Manifest(Reader):
    title = "CSV manifest"
    terms = "your own data: your own terms"
    default_task = "three-class"
    options: ClassVar[dict[str, str]] = {"table": "", "images": ""}

    @classmethod
    def certainty(cls, root: Path) -> int:
        table = _table(root, "")
        if not table or not set(NEEDED) <= set(headings(table)):
            return 0
        return 60

    def scan(self) -> Iterator[Case | Problem]:
        table = _table(self.root, self.chosen["table"])
        if table is None:
            names = " or ".join(FILE_NAMES)
            yield Problem(str(self.root), None, f"There is no table {names} here.", fatal=True)
            return
        fatal = list(missing_columns(table, NEEDED))
        yield from fatal or rows_to_cases(table)

    def pixels(self, case: Case) -> Path:
        return self._images / case.path

    @property
    def _images(self) -> Path:
        folder = self.root if self.root.is_dir() else self.root.parent
        return folder / self.chosen["images"]

    @property
    def synthetic(self) -> bool:
        return (self._images / "phantom.json").is_file()


FORMAT = Manifest


def _table(root: Path, chosen: str) -> Path | None:
    if root.is_file():
        return root if root.suffix.lower() in {".csv", ".tsv", ".txt"} else None
    candidates = [root / name for name in ([chosen] if chosen else FILE_NAMES)]
    return next((path for path in candidates if path.is_file()), None)


def rows_to_cases(table: Path) -> Iterator[Case | Problem]:
    """Rows that share an image are one case with several findings, wherever they stand."""
    cases: dict[str, Case] = {}
    for number, row in read_table(table):
        if problem := _fault(table, number, row):
            yield problem
            continue
        key = row.get("image_id") or row["path"]
        if key not in cases:
            cases[key] = _case(key, row, number)
        elif row["path"] != cases[key].path:
            message = f"The image {key!r} has two paths: {cases[key].path} and {row['path']}."
            yield Problem(table.name, number, message)
            continue
        if finding := _finding(row):
            cases[key] = _with(cases[key], finding)
    yield from cases.values()


def _fault(table: Path, number: int, row: Row) -> Problem | None:
    for column in NEEDED:
        if not row.get(column):
            return Problem(table.name, number, f"The cell {column!r} is empty. Row left out.")
    label = row["label"]
    if words.meaning(label) == (None, None):
        known = ", ".join([*words.PATHOLOGIES, *words.CANCER])
        message = f"The label {label!r} is not known. Allowed: {known}. Row left out."
        return Problem(table.name, number, message)
    if (word := row.get("split", "")).lower() not in OFFICIAL_SPLITS:
        message = f"The split {word!r} is not known. Allowed: train, validation, test."
        return Problem(table.name, number, f"{message} Row left out.")
    return None


def _case(key: str, row: Row, number: int) -> Case:
    pathology, cancer = words.meaning(row["label"])
    return Case(
        image_id=key,
        patient_id=row["patient_id"],
        source="",
        path=row["path"],
        laterality=words.side(row.get("laterality", "")),
        view=words.view(row.get("view", "")),
        label=row["label"],
        pathology=pathology,
        cancer=cancer,
        metadata=metadata(row),
        split=OFFICIAL_SPLITS[row.get("split", "").lower()],
        group=row.get("group") or None,
        row=number,
    )


def metadata(row: Row) -> Metadata:
    return Metadata(
        age=words.number(row.get("age", "")),
        density=words.density(row.get("density", "")),
        birads=row.get("birads") or None,
        implant=words.truth(row.get("implant", "")),
        machine=row.get("machine") or None,
        site=row.get("site") or None,
        exam=row.get("exam") or None,
        extra={key: value for key, value in row.items() if value and key not in COLUMNS},
    )


def _finding(row: Row) -> Finding | None:
    shape = _shape(row)
    kind = row.get("finding_kind", "")
    if shape is None and not kind:
        return None
    pathology = words.PATHOLOGIES.get(words.word(row.get("finding_pathology", "")))
    return Finding(words.kind(kind), pathology, shape)


def _shape(row: Row) -> Shape | None:
    if mask := row.get("finding_mask"):
        return MaskFile(mask)
    numbers = [words.number(row.get(f"finding_{name}", "")) for name in ("x", "y", "radius")]
    x, y, radius = numbers
    return Circle(x, y, radius) if x is not None and y is not None and radius else None


def _with(case: Case, finding: Finding) -> Case:
    """A later finding can raise what the image as a whole counts as."""
    findings = (*case.findings, finding)
    stated = [p for p in (case.pathology, finding.pathology) if p]
    pathology = worst(stated) if case.pathology else None
    cancer = words.meaning(pathology.value)[1] if pathology else case.cancer
    return replace(case, findings=findings, pathology=pathology, cancer=cancer)
