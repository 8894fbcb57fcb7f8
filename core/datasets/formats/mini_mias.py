"""The mini-MIAS database: PGM files with their truth table, or PNG conversions with a CSV."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from core.datasets import vocabulary as words
from core.datasets.base import Problem, Reader
from core.datasets.imagefiles import images_under
from core.datasets.tables import Row, missing_columns, read_table
from core.domain.cases import (
    Case,
    Circle,
    Finding,
    FindingKind,
    Metadata,
    Pathology,
    Side,
    View,
    worst,
)

INFO, CSV = "info.txt", "mias_info.csv"
NAME = re.compile(r"mdb(\d{3})", re.IGNORECASE)
SIZE = 1024
KINDS = {
    "CALC": FindingKind.CALCIFICATION,
    "CIRC": FindingKind.MASS,
    "SPIC": FindingKind.MASS,
    "MISC": FindingKind.MASS,
    "ARCH": FindingKind.DISTORTION,
    "ASYM": FindingKind.ASYMMETRY,
}
SEVERITIES = {"B": Pathology.BENIGN, "M": Pathology.MALIGNANT}
COLUMNS = ("refnum", "bg", "class", "severity", "x", "y", "radius")


class MiniMias(Reader):
    title = "mini-MIAS"
    terms = "research only, cite Suckling et al. 1994"
    default_task = "three-class"
    options: ClassVar[dict[str, str]] = {}

    @classmethod
    def certainty(cls, root: Path) -> int:
        table = _table(root)
        if table is None:
            return 0
        if table.suffix == ".csv":
            return 95
        named = any(NAME.match(row["refnum"]) for _, row in _info_rows(table))
        return 95 if named else 0

    def scan(self) -> Iterator[Case | Problem]:
        table = _table(self.root)
        if table is None:
            message = "The truth table Info.txt or mias_info.csv is missing."
            yield Problem(str(self.root), None, message, fatal=True)
            return
        if table.suffix == ".csv":
            fatal = list(missing_columns(table, COLUMNS[:4]))
            yield from fatal or self._cases(table, read_table(table))
        else:
            yield from self._cases(table, _info_rows(table))

    def _cases(self, table: Path, rows: Iterator[tuple[int, Row]]) -> Iterator[Case | Problem]:
        files = {file.stem.lower()[:6]: file for file in images_under(self.root)}
        cases: dict[str, Case] = {}
        for number, row in rows:
            name = row["refnum"].lower()
            if fault := _fault(row):
                yield Problem(table.name, number, f"{fault} Row left out.")
                continue
            if name not in cases:
                file = files.get(name, self.root / f"{name}.pgm")
                cases[name] = _case(name, row, file.relative_to(self.root).as_posix(), number)
            if row["class"] != "NORM":
                cases[name] = _with(cases[name], _finding(row))
        for name in sorted(files.keys() - cases.keys()):
            if NAME.fullmatch(name):
                yield Problem(files[name].name, None, "This image is not in the truth table.")
        yield from cases.values()


FORMAT = MiniMias


def _table(root: Path) -> Path | None:
    if not root.is_dir():
        return None
    names = {path.name.lower(): path for path in sorted(root.iterdir())}
    return names.get(CSV) or names.get(INFO)


def _info_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """The table stands amid prose; the words after the severity are numbers or a note."""
    for number, line in enumerate(path.read_text(encoding="latin-1").splitlines(), start=1):
        cells = line.split()
        if len(cells) >= 3 and NAME.fullmatch(cells[0]) and cells[1] in {"F", "G", "D"}:
            yield number, dict(zip(COLUMNS, cells + [""] * 7, strict=False))


def _fault(row: Row) -> str | None:
    if not NAME.fullmatch(row["refnum"]):
        return f"{row['refnum']!r} is no reference number such as mdb001."
    if row["class"] == "NORM":
        return None
    if row["class"] not in KINDS:
        return f"The class {row['class']!r} is not known. Allowed: NORM, {', '.join(KINDS)}."
    if row["severity"] not in SEVERITIES:
        return f"The severity {row['severity']!r} is not known. Allowed: B, M."
    return None


def _case(name: str, row: Row, path: str, number: int) -> Case:
    """Odd and even numbers are the right and left breast of one patient."""
    film = int(name[3:])
    return Case(
        image_id=name,
        patient_id=f"mias{(film + 1) // 2:03d}",
        source="",
        path=path,
        laterality=Side.RIGHT if film % 2 else Side.LEFT,
        view=View.MLO,
        label="NORM",
        pathology=Pathology.NORMAL,
        cancer=False,
        metadata=Metadata(extra={"tissue": row["bg"]}),
        row=number,
    )


def _finding(row: Row) -> Finding:
    """The published y counts from the bottom of the film."""
    x, y, radius = (words.number(row.get(name, "")) for name in ("x", "y", "radius"))
    whole = x is not None and y is not None and radius is not None
    shape = Circle(x or 0.0, SIZE - 1 - (y or 0.0), radius or 0.0) if whole else None
    note = "" if shape else "widely spread: the table gives no place"
    return Finding(
        KINDS[row["class"]], SEVERITIES[row["severity"]], shape, f"{row['class']} {note}".strip()
    )


def _with(case: Case, finding: Finding) -> Case:
    findings = (*case.findings, finding)
    pathology = worst([one.pathology for one in findings if one.pathology])
    label = f"{finding.note.split()[0]} {'M' if pathology is Pathology.MALIGNANT else 'B'}"
    cancer = pathology is Pathology.MALIGNANT
    return replace(case, findings=findings, pathology=pathology, label=label, cancer=cancer)
