"""Which files are one patient's, and what is known of each: what an exam model must be told.

A table says it best (the columns of a manifest; `path` is the file). What it leaves open,
the DICOM header tells; then the file's name (`left_mlo`, `R_CC`), and files of one folder
are taken for one patient. The patient's number in a header serves to tell patients apart
and is shown nowhere else.
"""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pydicom.dataset import Dataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from core.datasets import vocabulary as words
from core.datasets.formats.manifest import metadata
from core.datasets.framing import described
from core.datasets.tables import Row, headings, read_table
from core.domain.cases import Case, Metadata, Side, View
from core.domain.images import Mammogram
from core.domain.preprocess import PreprocessSpec
from core.errors import DatasetError, InputError
from core.services import decoding
from core.services.gathering import Item

PATIENT, DATE = Tag("PatientID"), Tag("StudyDate")
FOLDER, HEADER = "the folder", "the DICOM header"
NAMELESS = "exam"  # of files that come without a folder
LONGEST = 64  # of a patient's number
HEADER_BYTES = 262_144  # who and when stand near the beginning


@dataclass(frozen=True)
class ViewFile:
    """`case` holds what table, header and name say; `why` how its patient was told.

    `open` gives the image as a spec wants it decoded, and may raise ImageError.
    """

    name: str
    case: Case
    why: str
    open: Callable[[PreprocessSpec], Mammogram]
    settled: bool = False  # a person has said which breast and view it is


def view_files(items: Iterable[Item], table: Path | None = None) -> list[ViewFile]:
    told = _table(table) if table else {}
    return [_view_file(item, told.get(Path(item.name).resolve())) for item in items]


def shown_view(
    name: str,
    mammogram: Mammogram,
    data: bytes,
    side: Side | None,
    view: View | None,
    exam: str | None,
) -> ViewFile:
    """A view as a person has it on the screen, sides corrected; decoded again only if need be."""
    case = Case(name, "", "", name, None, side, view, metadata=Metadata(exam=exam))

    def opened(spec: PreprocessSpec) -> Mammogram:
        usual = (spec.working_height, spec.voi) == (PreprocessSpec.working_height, True)
        return mammogram if usual or not data else decoding.decode_for(data, spec)

    return ViewFile(name, case, "", opened, settled=True)


def whose(name: str, data: bytes) -> tuple[str, str | None]:
    """The patient and the exam that the header names, empty and None where it does not."""
    found = _view_file(Item(name, lambda: data), None)
    return found.case.patient_id if found.why == HEADER else "", found.case.metadata.exam


def by_patient(views: Iterable[ViewFile]) -> dict[str, list[ViewFile]]:
    """In the order in which patients were met; a folder goes by its own name while that tells."""
    groups: dict[str, list[ViewFile]] = {}
    for one in views:
        groups.setdefault(one.case.patient_id, []).append(one)
    short = {name: _short(name) if own[0].why == FOLDER else name for name, own in groups.items()}
    clear = len(set(short.values())) == len(short)
    return {short[name] if clear else name: own for name, own in groups.items()}


def _short(folder: str) -> str:
    return PurePosixPath(folder).name or NAMELESS


def with_facts(one: ViewFile, mammogram: Mammogram) -> ViewFile:
    """What the header says, where nothing was said before."""
    case = _named(described(one.case, mammogram.facts))
    if one.settled:
        case = replace(case, laterality=one.case.laterality, view=one.case.view)
    return replace(one, case=case)


def _table(file: Path) -> dict[Path, Row]:
    if "path" not in headings(file):
        raise DatasetError(
            f"{file.name} has no column 'path', so nobody knows which row is which file. Columns "
            "it may have: path, patient_id, exam, laterality, view, age, density, implant, machine."
        )
    folder = file.parent
    return {(folder / row["path"]).resolve(): row for _, row in read_table(file) if row.get("path")}


def _view_file(item: Item, row: Row | None) -> ViewFile:
    row = row or {}
    about = _header(item)
    stated = metadata(row) if row else Metadata()
    exam = stated.exam or _text(about, DATE) or None
    patient, why = _patient(item, row, about)
    case = Case(
        image_id=PurePosixPath(item.name).name,
        patient_id=patient,
        source="",
        path=item.name,
        laterality=words.side(row.get("laterality", "")),
        view=words.view(row.get("view", "")),
        metadata=replace(stated, exam=exam),
    )
    return ViewFile(item.name, case, why, lambda spec: decoding.decode_for(item.read(), spec))


def _patient(item: Item, row: Row, about: Dataset) -> tuple[str, str]:
    if row.get("patient_id"):
        return row["patient_id"], "the table"
    if number := _text(about, PATIENT):
        return number, HEADER
    return str(PurePosixPath(item.name).parent), FOLDER


def _header(item: Item) -> Dataset:
    """Empty for what is no DICOM file; why it cannot be read is told when it is decoded.

    A deflated header could inflate to anything, so it is not looked into here.
    """
    try:
        head = _head(item)
        if str(DeflatedExplicitVRLittleEndian).encode() in head:
            return Dataset()
        return read_partial(
            io.BytesIO(head), stop_when=lambda tag, _vr, _length: tag > PATIENT,
            specific_tags=[PATIENT, DATE],
        )  # fmt: skip
    except Exception:  # a broken header fails in as many ways as there are bytes
        return Dataset()


def _text(about: Dataset, tag: BaseTag) -> str:
    """As it stands in the file: pydicom would write what it finds odd into the server's log."""
    raw = about.get_item(tag)
    value = raw.value if raw is not None else None
    if not isinstance(value, bytes):
        return ""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]


def _head(item: Item) -> bytes:
    try:
        source = item.read()
    except InputError:
        return b""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return file.read(HEADER_BYTES)
    if isinstance(source, bytes | memoryview):
        return bytes(source[:HEADER_BYTES])
    source.seek(0)
    return source.read(HEADER_BYTES)


def _named(case: Case) -> Case:
    parts = re.split(r"[^A-Za-z]+", PurePosixPath(case.path).stem)
    sides = [words.SIDES[part.lower()] for part in parts if part.lower() in words.SIDES]
    views = [words.VIEWS[part.lower()] for part in parts if part.lower() in words.VIEWS]
    return replace(
        case,
        laterality=case.laterality or next(iter(sides), None),
        view=case.view or next(iter(views), None),
    )
