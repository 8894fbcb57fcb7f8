"""Two NumPy files, images and labels, as some programs store a set they have preprocessed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.datasets import vocabulary as words
from core.datasets.arrays import open_array
from core.datasets.base import Problem, Reader
from core.domain.cases import Case
from core.errors import ConfigError, DatasetError

IMAGE_AXES = (3, 4)


class NpyPair(Reader):
    title = "pair of NumPy arrays"
    terms = "your own data: your own terms"
    default_task = "benign-malignant"
    options: ClassVar[dict[str, str]] = {"images": "", "labels": "", "classes": "benign,malignant"}

    @classmethod
    def certainty(cls, root: Path) -> int:
        return 50 if root.is_dir() and _pair(root) else 0

    def scan(self) -> Iterator[Case | Problem]:
        classes = self._classes()
        try:
            images_path, labels_path = self._files()
            images, labels = open_array(images_path), _as_one_column(open_array(labels_path))
        except DatasetError as fault:
            yield Problem(str(self.root), None, str(fault), fatal=True)
            return
        if len(images) != len(labels):
            message = f"There are {len(images)} images and {len(labels)} labels."
            yield Problem(labels_path.name, None, message, fatal=True)
            return
        for place, label in enumerate(labels.tolist()):
            word = _word(label, classes)
            if word is None:
                message = f"The label {label!r} names no class among {', '.join(classes)}."
                yield Problem(labels_path.name, place + 1, f"{message} Image left out.")
            else:
                yield _case(images_path.name, place, word)
        message = (
            "The arrays do not tell whose image is whose: each counts as a patient of its own. "
            "Search for copies with `leakage` and split again."
        )
        yield Problem(images_path.name, None, message)

    def _classes(self) -> list[str]:
        classes = [name.strip() for name in self.chosen["classes"].split(",")]
        for name in classes:
            if words.meaning(name) == (None, None):
                known = ", ".join([*words.PATHOLOGIES, *words.CANCER])
                raise ConfigError(f"The class {name!r} is not known. Allowed: {known}.")
        return classes

    def _files(self) -> tuple[Path, Path]:
        if self.chosen["images"] and self.chosen["labels"]:
            return self.root / self.chosen["images"], self.root / self.chosen["labels"]
        pair = _pair(self.root) if self.root.is_dir() else None
        if pair is None:
            raise DatasetError(
                "No two .npy files here are images and as many labels. Name them: "
                "--option images=FILE --option labels=FILE"
            )
        return pair

    def pixels(self, case: Case) -> NDArray[Any]:
        image = np.asarray(open_array(self.root / case.path)[case.part or 0])
        return image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image


FORMAT = NpyPair


def _pair(root: Path) -> tuple[Path, Path] | None:
    """The one file that looks like images, and the one that looks like its labels."""
    arrays = {}
    for path in sorted(root.glob("*.npy")):
        try:
            arrays[path] = open_array(path)
        except DatasetError:
            continue
    images = [path for path, array in arrays.items() if array.ndim in IMAGE_AXES]
    if len(images) != 1:
        return None
    count = len(arrays[images[0]])
    labels = [p for p, array in arrays.items() if array.ndim <= 2 and array.shape[:1] == (count,)]
    return (images[0], labels[0]) if len(labels) == 1 else None


def _as_one_column(labels: NDArray[Any]) -> NDArray[Any]:
    """Labels may be one-hot, or a column, or flat."""
    if labels.ndim == 2 and labels.shape[1] > 1:
        return np.asarray(labels.argmax(axis=1))
    return labels.ravel()


def _word(label: float | str, classes: list[str]) -> str | None:
    if isinstance(label, str):
        return label if words.meaning(label) != (None, None) else None
    whole = float(label).is_integer() and 0 <= label < len(classes)
    return classes[int(label)] if whole else None


def _case(file: str, place: int, word: str) -> Case:
    name = f"{Path(file).stem}-{place:06d}"
    pathology, cancer = words.meaning(word)
    return Case(name, name, "", file, place, label=word, pathology=pathology, cancer=cancer)
