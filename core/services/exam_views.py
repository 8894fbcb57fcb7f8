"""Which files are one patient's, and what is known of each: what an exam model must be told.

A table says it best (the columns of a manifest; `path` is the file). What it leaves open,
the DICOM header tells; then the file's name (`left_mlo`, `R_CC`), and files of one folder
are taken for one patient. The patient's number in a header serves to tell patients apart
and is shown nowhere else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset

from core.datasets import vocabulary as words
from core.datasets.formats.manifest import metadata
from core.datasets.framing import described
from core.datasets.tables import Row, headings, read_table
from core.domain.cases import Case, Metadata
from core.domain.images import Mammogram
from core.errors import DatasetError
from core.preprocessing.decoding import header


@dataclass(frozen=True)
class ViewFile:
    """`case` holds what table, header and name say; `why` how its patient was told."""

    path: Path
    case: Case
    why: str


def view_files(files: Sequence[Path], table: Path | None = None) -> list[ViewFile]:
    told = _table(table) if table else {}
    return [_view_file(file, told.get(file.resolve())) for file in files]


def by_patient(views: Sequence[ViewFile]) -> dict[str, list[ViewFile]]:
    """In the order in which patients were met."""
    groups: dict[str, list[ViewFile]] = {}
    for one in views:
        groups.setdefault(one.case.patient_id, []).append(one)
    return groups


def with_facts(one: ViewFile, mammogram: Mammogram) -> ViewFile:
    """What the header says, where nothing was said before."""
    return replace(one, case=_named(described(one.case, mammogram.facts), one.path))


def _table(file: Path) -> dict[Path, Row]:
    if "path" not in headings(file):
        raise DatasetError(
            f"{file.name} has no column 'path', so nobody knows which row is which file. Columns "
            "it may have: path, patient_id, exam, laterality, view, age, density, implant, machine."
        )
    folder = file.parent
    return {(folder / row["path"]).resolve(): row for _, row in read_table(file) if row.get("path")}


def _view_file(file: Path, row: Row | None) -> ViewFile:
    row = row or {}
    about = _header(file)
    known = metadata(row) if row else Metadata()
    exam = known.exam or header.text(about, "StudyDate") or None
    patient, why = _patient(file, row, about)
    case = Case(
        image_id=file.name,
        patient_id=patient,
        source="",
        path=str(file),
        laterality=words.side(row.get("laterality", "")),
        view=words.view(row.get("view", "")),
        metadata=replace(known, exam=exam),
    )
    return ViewFile(file, case, why)


def _patient(file: Path, row: Row, about: Dataset) -> tuple[str, str]:
    if row.get("patient_id"):
        return row["patient_id"], "the table"
    if number := header.text(about, "PatientID"):
        return number, "the DICOM header"
    return file.resolve().parent.name, "the folder"


def _header(file: Path) -> Dataset:
    """Empty for what is no DICOM file; why it cannot be read is told when it is decoded."""
    try:
        return dcmread(file, stop_before_pixels=True, specific_tags=["PatientID", "StudyDate"])
    except Exception:  # a broken header fails in as many ways as there are bytes
        return Dataset()


def _named(case: Case, file: Path) -> Case:
    parts = re.split(r"[^A-Za-z]+", file.stem)
    sides = [words.SIDES[part.lower()] for part in parts if part.lower() in words.SIDES]
    views = [words.VIEWS[part.lower()] for part in parts if part.lower() in words.VIEWS]
    return replace(
        case,
        laterality=case.laterality or next(iter(sides), None),
        view=case.view or next(iter(views), None),
    )
