"""The RSNA 2022 screening mammography set: train.csv beside DICOM, JPEG or PNG images."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from core.datasets import vocabulary as words
from core.datasets.base import Problem, Reader
from core.datasets.imagefiles import images_under
from core.datasets.tables import Row, headings, missing_columns, read_table
from core.domain.cases import Case, Metadata, Pathology

TABLE, IMAGES = "train.csv", "train_images"
NEEDED = ("patient_id", "image_id", "laterality", "view", "cancer")
TELLING = {"patient_id", "image_id", "cancer", "machine_id", "difficult_negative_case"}
EXTRA = ("biopsy", "invasive", "difficult_negative_case", "prediction_id")
NEGATIVE_BIRADS = {"1", "2"}


class Rsna(Reader):
    title = "RSNA screening mammography 2022"
    terms = "RSNA competition terms: research, not commercial"
    default_task = "cancer"
    options: ClassVar[dict[str, str]] = {}

    @classmethod
    def certainty(cls, root: Path) -> int:
        table = root / TABLE
        return 95 if table.is_file() and set(headings(table)) >= TELLING else 0

    def scan(self) -> Iterator[Case | Problem]:
        table = self.root / TABLE
        if not table.is_file():
            yield Problem(TABLE, None, "The table train.csv is missing.", fatal=True)
            return
        fatal = list(missing_columns(table, NEEDED))
        yield from fatal or self._rows(table)

    def _rows(self, table: Path) -> Iterator[Case | Problem]:
        files = _files(self.root)
        for number, row in read_table(table):
            if not row["image_id"] or not row["patient_id"]:
                yield Problem(TABLE, number, "The patient or image id is empty. Row left out.")
            elif row["cancer"] not in {"0", "1"}:
                message = f"The column cancer holds {row['cancer']!r}. Allowed: 0, 1. Row left out."
                yield Problem(TABLE, number, message)
            else:
                yield _case(row, _path(row, files), number)


FORMAT = Rsna


def _files(root: Path) -> dict[str, str]:
    """By image id; some editions write `<patient>_<image>` and no folders."""
    return {
        file.stem.rpartition("_")[2]: file.relative_to(root).as_posix()
        for file in images_under(root)
    }


def _path(row: Row, files: dict[str, str]) -> str:
    published = f"{IMAGES}/{row['patient_id']}/{row['image_id']}.dcm"
    return files.get(row["image_id"], published)


def _case(row: Row, path: str, number: int) -> Case:
    cancer = row["cancer"] == "1"
    return Case(
        image_id=row["image_id"],
        patient_id=row["patient_id"],
        source="",
        path=path,
        laterality=words.side(row["laterality"]),
        view=words.view(row["view"]),
        label=row["cancer"],
        pathology=_pathology(row, cancer),
        cancer=cancer,
        metadata=_metadata(row),
        row=number,
    )


def _pathology(row: Row, cancer: bool) -> Pathology | None:
    """Benign is said only of what was biopsied; normal only of what was read as negative."""
    if cancer:
        return Pathology.MALIGNANT
    if row.get("biopsy") == "1":
        return Pathology.BENIGN
    return Pathology.NORMAL if _birads(row) in NEGATIVE_BIRADS else None


def _birads(row: Row) -> str | None:
    return row.get("birads", "").removesuffix(".0") or None


def _metadata(row: Row) -> Metadata:
    return Metadata(
        age=words.number(row.get("age", "")),
        density=words.density(row.get("density", "")),
        birads=_birads(row),
        implant=words.truth(row.get("implant", "")),
        machine=row.get("machine_id") or None,
        site=row.get("site_id") or None,
        extra={name: row[name] for name in EXTRA if row.get(name)},
    )
