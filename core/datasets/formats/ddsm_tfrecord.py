"""The DDSM patches of Kaggle: TFRecord files for training, NumPy files for test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.datasets.arrays import open_array
from core.datasets.base import Problem, Reader
from core.datasets.tfrecord import parse_example, read_record, record_offsets
from core.domain.cases import Case, Finding, FindingKind, Pathology
from core.errors import DatasetError, ImageError

SIDE = 299
SHAPE = (SIDE, SIDE)
# The published labels: what kind of lesion, and what it turned out to be.
MEANINGS: dict[int, tuple[FindingKind | None, Pathology]] = {
    0: (None, Pathology.NORMAL),
    1: (FindingKind.CALCIFICATION, Pathology.BENIGN),
    2: (FindingKind.MASS, Pathology.BENIGN),
    3: (FindingKind.CALCIFICATION, Pathology.MALIGNANT),
    4: (FindingKind.MASS, Pathology.MALIGNANT),
}
HELD_OUT = {"test10": "test", "cv10": "validation"}


class DdsmTfrecord(Reader):
    title = "DDSM patches (TFRecord)"
    terms = "CC BY-NC 4.0, cite Scuccimarra and the publishers of DDSM and CBIS-DDSM"
    default_task = "lesion"
    options: ClassVar[dict[str, str]] = {"merge": "yes"}
    cut_already = True

    @classmethod
    def certainty(cls, root: Path) -> int:
        return 90 if root.is_dir() and _records(root) else 0

    def scan(self) -> Iterator[Case | Problem]:
        records = _records(self.root)
        if not records:
            message = "There is no .tfrecords file here."
            yield Problem(str(self.root), None, message, fatal=True)
            return
        for path in records:
            yield from self._record_cases(path)
        for prefix, split in HELD_OUT.items():
            yield from self._array_cases(prefix, split)
        message = (
            "The set does not tell whose image is whose, and each lesion was cropped three times: "
            "search for copies with `leakage` and split again."
        )
        yield Problem(self.root.name, None, message)

    def _record_cases(self, path: Path) -> Iterator[Case | Problem]:
        """Labels stand in the records, so each is read once; its pixels are not decoded."""
        try:
            for number, (start, _) in enumerate(record_offsets(path), start=1):
                name = f"{path.stem}-{number:05d}"
                try:
                    label = _label(parse_example(read_record(path, start, check=False)))
                    yield self._case(name, path, start, label, "train")
                except DatasetError as fault:
                    yield Problem(path.name, number, f"{fault} Record left out.")
        except DatasetError as fault:
            yield Problem(path.name, None, f"{fault} What follows is left out.")

    def _array_cases(self, prefix: str, split: str) -> Iterator[Case | Problem]:
        data, labels = (self._held_out(f"{prefix}_{what}.npy") for what in ("data", "labels"))
        if data is None or labels is None:
            yield Problem(f"{prefix}_data.npy", None, "This part or its labels are missing.")
            return
        try:
            images, marks = open_array(data), open_array(labels).ravel()
        except DatasetError as fault:
            yield Problem(data.name, None, str(fault))
            return
        if len(images) != len(marks):
            message = f"There are {len(images)} images and {len(marks)} labels. Part left out."
            yield Problem(data.name, None, message)
            return
        if self.chosen["merge"] == "yes":
            split = "test"  # one holds only masses, the other only calcifications
        for place, label in enumerate(marks.tolist()):
            try:
                yield self._case(f"{prefix}-{place:05d}", data, place, int(label), split)
            except DatasetError as fault:
                yield Problem(labels.name, place + 1, f"{fault} Image left out.")

    def _held_out(self, name: str) -> Path | None:
        return next(iter(sorted(self.root.rglob(name))), None)

    def _case(self, name: str, path: Path, part: int, label: int, split: str) -> Case:
        if label not in MEANINGS:
            raise DatasetError(f"The label {label} is not known. Allowed: 0 to 4.")
        kind, pathology = MEANINGS[label]
        return Case(
            image_id=name,
            patient_id=name,
            source="",
            path=path.relative_to(self.root).as_posix(),
            part=part,
            label=str(label),
            pathology=pathology,
            cancer=pathology is Pathology.MALIGNANT,
            findings=(Finding(kind, pathology),) if kind else (),
            split=split,
        )

    def pixels(self, case: Case) -> NDArray[Any]:
        path, part = self.root / case.path, case.part or 0
        if path.suffix == ".npy":
            return np.asarray(open_array(path)[part]).squeeze()
        values = parse_example(read_record(path, part)).get("image", [])
        raw = values[0] if values else b""
        if not isinstance(raw, bytes) or len(raw) != SIDE * SIDE:
            raise ImageError(
                f"The record at byte {part} of {path.name} holds no {SIDE}x{SIDE} image."
            )
        return np.frombuffer(raw, dtype=np.uint8).reshape(SHAPE)


FORMAT = DdsmTfrecord


def _records(root: Path) -> list[Path]:
    return sorted(root.rglob("*.tfrecords")) if root.is_dir() else []


def _label(example: dict[str, Any]) -> int:
    values = example.get("label") or [-1]
    return int(values[0])
