"""INbreast: its table as CSV or Excel, DICOM by id and hash, contours as property lists."""

import plistlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from core.datasets import vocabulary as words
from core.datasets.base import Problem, Reader
from core.datasets.imagefiles import images_under
from core.datasets.spreadsheet import read_spreadsheet
from core.datasets.tables import Row, missing_columns, read_table
from core.domain.cases import (
    Case,
    Circle,
    Finding,
    FindingKind,
    Metadata,
    Pathology,
    Polygon,
    Shape,
)
from core.errors import ConfigError, DatasetError

TABLES = ("inbreast.csv", "inbreast.xls")
NEEDED = ("laterality", "view", "file name", "bi-rads")
FILE_NAME = re.compile(r"(?P<id>\d+)_(?P<patient>[0-9a-f]+)_MG_(?P<side>[LR])_(?P<view>\w+?)_ANON")
GRADES = ("1", "2", "3", "4a", "4b", "4c", "5", "6")
POINT = re.compile(r"\(\s*([-\d.eE+]+)\s*,\s*([-\d.eE+]+)\s*\)")
KINDS = {
    "mass": FindingKind.MASS,
    "spiculated region": FindingKind.MASS,
    "calcification": FindingKind.CALCIFICATION,
    "calcifications": FindingKind.CALCIFICATION,
    "cluster": FindingKind.CALCIFICATION,
    "distortion": FindingKind.DISTORTION,
    "assymetry": FindingKind.ASYMMETRY,
    "asymmetry": FindingKind.ASYMMETRY,
}
# A calcification marked by a click has no extent: it counts as this many pixels around it.
POINT_RADIUS = 5.0


class Inbreast(Reader):
    title = "INbreast"
    terms = "research only, cite Moreira et al. 2012"
    default_task = "three-class"
    options: ClassVar[dict[str, str]] = {"malignant_from": "4"}

    @classmethod
    def certainty(cls, root: Path) -> int:
        return 95 if _table(root) else 0

    def scan(self) -> Iterator[Case | Problem]:
        table = _table(self.root)
        first = self._first_malignant()
        if table is None:
            message = "The table INbreast.csv or INbreast.xls is missing."
            yield Problem(str(self.root), None, message, fatal=True)
            return
        if table.suffix.lower() == ".csv" and (fatal := list(missing_columns(table, NEEDED))):
            yield from fatal
            return
        yield from self._rows(table, first)

    def _first_malignant(self) -> int:
        chosen = self.chosen["malignant_from"].lower()
        if chosen == "4":
            chosen = "4a"
        if chosen not in GRADES[2:]:
            raise ConfigError(
                f"malignant_from is {chosen!r}. Allowed: 3, 4, 4a, 4b, 4c, 5, 6 (a BI-RADS grade)."
            )
        return GRADES.index(chosen)

    def _rows(self, table: Path, first: int) -> Iterator[Case | Problem]:
        files = _Files(self.root)
        for number, row in _read(table):
            name = row.get("file name", "").removesuffix(".0")
            grade = row.get("bi-rads", "").lower().removesuffix(".0")
            if not name.isdigit():
                continue  # notes under the table of the Excel edition
            if grade not in GRADES:
                message = f"BI-RADS {grade!r} is not known. Allowed: {', '.join(GRADES)}."
                yield Problem(table.name, number, f"{message} Row left out.")
                continue
            findings = files.findings(name)
            if isinstance(findings, Problem):
                yield findings
                findings = ()
            yield _case(row, name, grade, GRADES.index(grade) >= first, files, findings, number)


FORMAT = Inbreast


def _table(root: Path) -> Path | None:
    if not root.is_dir():
        return None
    names = {path.name.lower(): path for path in root.iterdir()}
    return next((names[name] for name in TABLES if name in names), None)


def _read(table: Path) -> Iterator[tuple[int, Row]]:
    return read_table(table) if table.suffix.lower() == ".csv" else read_spreadsheet(table)


@dataclass(frozen=True)
class _Image:
    path: str
    patient: str


class _Files:
    def __init__(self, root: Path) -> None:
        self.images: dict[str, _Image] = {}
        for file in images_under(root):
            if found := FILE_NAME.match(file.name):
                path = file.relative_to(root).as_posix()
                self.images[found["id"]] = _Image(path, found["patient"])
        self._contours = {file.stem: file for file in sorted(root.rglob("*.xml"))}

    def image(self, name: str) -> _Image:
        """Without its file, the patient of an image is not known."""
        return self.images.get(name) or _Image(f"AllDICOMs/{name}.dcm", f"image {name}")

    def findings(self, name: str) -> tuple[Finding, ...] | Problem:
        file = self._contours.get(name)
        if file is None:
            return ()
        try:
            regions = plistlib.loads(file.read_bytes())["Images"][0]["ROIs"]
            return tuple(_finding(region) for region in regions if region["Point_px"])
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as fault:
            return Problem(file.name, None, f"The contours cannot be read: {fault!r}. Left out.")
        except Exception as fault:  # expat's error is no ValueError
            raise DatasetError(f"{file} is no property list: {fault}.") from None


def _case(
    row: Row,
    name: str,
    grade: str,
    malignant: bool,
    files: _Files,
    findings: tuple[Finding, ...],
    number: int,
) -> Case:
    image = files.image(name)
    harmless = Pathology.NORMAL if grade == "1" else Pathology.BENIGN
    return Case(
        image_id=name,
        patient_id=image.patient,
        source="",
        path=image.path,
        laterality=words.side(row.get("laterality", "")),
        view=words.view(row.get("view", "")),
        label=grade,
        pathology=Pathology.MALIGNANT if malignant else harmless,
        cancer=malignant,
        findings=findings,
        metadata=Metadata(
            age=words.number(row.get("patient age", "")),
            density=words.density(row.get("acr", "")),
            birads=grade,
            exam=row.get("acquisition date", "").removesuffix(".0") or None,
        ),
        row=number,
    )


def _finding(region: dict[str, Any]) -> Finding:
    name = str(region.get("Name", "")).strip()
    return Finding(KINDS.get(name.lower(), FindingKind.OTHER), None, _shape(region), name)


def _shape(region: dict[str, Any]) -> Shape:
    points = []
    for text in region["Point_px"]:
        found = POINT.search(text)
        if found is None:
            raise ValueError(f"{text!r} is no point such as (10.0, 20.0)")
        points.append((float(found[1]), float(found[2])))
    if len(points) > 2:
        return Polygon(tuple(points))
    return Circle(*points[0], POINT_RADIUS)
