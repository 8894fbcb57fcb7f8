"""CBIS-DDSM as The Cancer Imaging Archive ships it, and its JPEG edition on Kaggle."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from core.datasets import vocabulary as words
from core.datasets.base import Problem, Reader
from core.datasets.imagefiles import images_under
from core.datasets.tables import Row, missing_columns, read_table
from core.domain.cases import Case, Finding, FindingKind, MaskFile, Metadata, worst

TABLES = {
    f"{kind}_case_description_{split}_set.csv": split
    for kind in ("mass", "calc")
    for split in ("train", "test")
}
NEEDED = (
    "patient_id",
    "left or right breast",
    "image view",
    "abnormality type",
    "assessment",
    "pathology",
    "image file path",
    "roi mask file path",
)
DICOM_INFO = "dicom_info.csv"
MASK_SERIES = "roi mask images"
# What the two tables call the same thing, and what is kept of a finding's description.
DENSITY_COLUMNS = ("breast_density", "breast density")
DESCRIPTION = ("mass shape", "mass margins", "calc type", "calc distribution", "subtlety")


class CbisDdsm(Reader):
    title = "CBIS-DDSM"
    terms = "CC BY 3.0, cite Lee et al. 2017 (doi 10.7937/K9/TCIA.2016.7O02S9CY)"
    default_task = "benign-malignant"
    options: ClassVar[dict[str, str]] = {}

    @classmethod
    def certainty(cls, root: Path) -> int:
        return 95 if _tables(root) else 0

    def scan(self) -> Iterator[Case | Problem]:
        tables = _tables(self.root)
        for name in TABLES.keys() - tables.keys():
            message = "This table is missing." if tables else "No case description table is here."
            yield Problem(name, None, message, fatal=not tables)
        fatal = [fault for path in tables.values() for fault in missing_columns(path, NEEDED)]
        yield from fatal or self._rows(tables)

    def _rows(self, tables: dict[str, Path]) -> Iterator[Case | Problem]:
        """The same image stands in several rows, one for each abnormality."""
        files = _Files(self.root)
        cases: dict[str, Case] = {}
        for name in sorted(tables):
            for number, row in read_table(tables[name]):
                if fault := _fault(row):
                    yield Problem(name, number, f"{fault} Row left out.")
                    continue
                image = row["image file path"]
                if image not in cases:
                    cases[image] = _case(row, files.image(image), TABLES[name], number)
                cases[image] = _with(cases[image], _finding(row, files))
        yield from cases.values()


FORMAT = CbisDdsm


def _tables(root: Path) -> dict[str, Path]:
    folders = [root, root / "csv", *(root.glob("*/") if root.is_dir() else ())]
    found = ((name, folder / name) for folder in reversed(folders) for name in TABLES)
    return {name: path for name, path in found if path.is_file()}


def _fault(row: Row) -> str | None:
    for column in ("patient_id", "image file path"):
        if not row.get(column):
            return f"The cell {column!r} is empty."
    if words.meaning(row.get("pathology", ""))[0] is None:
        return f"The pathology {row.get('pathology')!r} is not known."
    return None


def _case(row: Row, path: str, split: str, number: int) -> Case:
    density = next((row[name] for name in DENSITY_COLUMNS if name in row), "")
    return Case(
        image_id=row["image file path"].split("/")[0],
        patient_id=row["patient_id"],
        source="",
        path=path,
        laterality=words.side(row["left or right breast"]),
        view=words.view(row["image view"]),
        metadata=Metadata(density=words.density(density), birads=row["assessment"] or None),
        split=split,
        row=number,
    )


def _finding(row: Row, files: "_Files") -> Finding:
    kind = words.kind(row["abnormality type"])
    if kind is FindingKind.MASS and row.get("mass shape") == "ARCHITECTURAL_DISTORTION":
        kind = FindingKind.DISTORTION
    mask = row["roi mask file path"]
    return Finding(
        kind,
        words.meaning(row["pathology"])[0],
        MaskFile(files.mask(mask)) if mask else None,
        ", ".join(f"{name} {row[name]}" for name in DESCRIPTION if row.get(name)),
    )


def _with(case: Case, finding: Finding) -> Case:
    findings = (*case.findings, finding)
    pathology = worst([one.pathology for one in findings if one.pathology])
    label, cancer = pathology.value.upper(), words.meaning(pathology.value)[1]
    return replace(case, findings=findings, pathology=pathology, label=label, cancer=cancer)


class _Files:
    """Finds what the tables mean: downloads rename the files and sometimes the folders.

    A path in a table ends in study, series and file. The series' folder is looked for
    first; failing that, the first folder of the path, which is the image's own name.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._in_folder: dict[str, list[str]] = defaultdict(list)
        for file in images_under(root):
            parts = file.relative_to(root).parts
            for folder in parts[:-1]:
                self._in_folder[folder].append("/".join(parts))
        self._series = _series_descriptions(root)

    def image(self, listed: str) -> str:
        return next(iter(self._candidates(listed)), listed)

    def mask(self, listed: str) -> str:
        """`000000.dcm` is the first file of its series, `000001.dcm` the second.

        Which of the two is the mask, the tables often get wrong: that is settled by content.
        """
        found = self._candidates(listed)
        named = [path for path in found if self._series.get(Path(path).name) == MASK_SERIES]
        described = [
            p for p in found if self._series.get("/".join(Path(p).parts[-2:])) == MASK_SERIES
        ]
        if described or named:
            return (described or named)[0]
        digits = Path(listed).stem.strip()
        place = int(digits) if digits.isdigit() else 0
        return found[min(place, len(found) - 1)] if found else listed

    def _candidates(self, listed: str) -> list[str]:
        if (self._root / listed).is_file():
            return [listed]
        parts = listed.split("/")
        series = self._in_folder.get(parts[-2] if len(parts) > 1 else "")
        return series or self._in_folder.get(parts[0], [])


def _series_descriptions(root: Path) -> dict[str, str]:
    """What the Kaggle edition says of each JPEG, by its folder and name."""
    path = next((p for p in (root / "csv" / DICOM_INFO, root / DICOM_INFO) if p.is_file()), None)
    if path is None:
        return {}
    return {
        "/".join(row.get("image_path", "").split("/")[-2:]): row.get(
            "seriesdescription", ""
        ).lower()
        for _, row in read_table(path)
    }
