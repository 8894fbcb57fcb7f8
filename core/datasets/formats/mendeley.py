"""The merged INbreast, MIAS and DDSM masses of Mendeley Data, augmented before publication."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from core.datasets import vocabulary as words
from core.datasets.base import Problem, Reader
from core.datasets.imagefiles import images_under
from core.domain.cases import Case

FOLDERS = ("Benign Masses", "Malignant Masses")
# How a copy is told from its source: a number in brackets, or words for what was done to it.
COPY_MARK = re.compile(
    r"\s*\(\d+\)$"
    r"|[\s._-]*copy(?:[\s._-]*\d+)?$"
    r"|[\s._-]+(?:aug|augmented|rot|rotate|rotated|rotation|flip|flipped|mirror|contrast|clahe|he)"
    r"(?:[\s._-]*(?:\d+|[hvxy]|lr|ud|horizontal|vertical))*$",
    re.IGNORECASE,
)
MIAS = re.compile(r"mdb(\d{3})", re.IGNORECASE)
INBREAST = re.compile(r"(?<!\d)(\d{8})(?!\d)")
INBREAST_FULL = re.compile(r"\d{8}_([0-9a-f]{16})_MG")
DDSM = re.compile(r"([A-D]_\d{4}_\d)[._](?:LEFT|RIGHT)", re.IGNORECASE)


class Mendeley(Reader):
    title = "Mendeley merged set"
    terms = "CC BY 4.0, cite Lin and Huang 2020 (doi 10.17632/ywsbh3ndr8)"
    default_task = "benign-malignant"
    options: ClassVar[dict[str, str]] = {"part": ""}

    @classmethod
    def certainty(cls, root: Path) -> int:
        return 80 if root.is_dir() and _class_folders(root, "") else 0

    def scan(self) -> Iterator[Case | Problem]:
        folders = _class_folders(self.root, self.chosen["part"])
        if not folders:
            message = "There are no folders 'Benign Masses' and 'Malignant Masses' here."
            yield Problem(str(self.root), None, message, fatal=True)
            return
        for folder in folders:
            for file in images_under(folder):
                yield _case(file.relative_to(self.root).as_posix(), folder.name, file.stem)
        message = (
            "The images were augmented before publication. Copies are grouped by their names; "
            "search for those that were renamed with `leakage`."
        )
        yield Problem(self.root.name, None, message)


FORMAT = Mendeley


def _class_folders(root: Path, part: str) -> list[Path]:
    """The download holds each set and their merger: reading both would double every image."""
    if all((root / name).is_dir() for name in FOLDERS):
        return [root / name for name in FOLDERS]
    parts = [f for f in sorted(root.glob("*/")) if all((f / name).is_dir() for name in FOLDERS)]
    if part:
        parts = [folder for folder in parts if part.lower() in folder.name.lower()]
    merged = [folder for folder in parts if "+" in folder.name] or parts
    return [folder / name for folder in merged for name in FOLDERS]


def source_name(stem: str) -> str:
    """The image a copy was made from, as far as its name tells."""
    while (shorter := COPY_MARK.sub("", stem)) != stem and shorter:
        stem = shorter
    return stem


def _patient(source: str) -> str:
    if found := MIAS.search(source):
        return f"mias{(int(found[1]) + 1) // 2:03d}"
    if found := DDSM.search(source) or INBREAST_FULL.search(source):
        return f"{found[1]}"
    if found := INBREAST.search(source):
        return f"inbreast {found[1]}"
    return source


def _case(path: str, folder: str, stem: str) -> Case:
    source = source_name(stem)
    pathology, cancer = words.meaning(folder)
    return Case(
        image_id=path,
        patient_id=_patient(source),
        source="",
        path=path,
        label=folder,
        pathology=pathology,
        cancer=cancer,
        group=source,
    )
