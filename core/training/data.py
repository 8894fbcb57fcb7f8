"""The images of a run: a prepared dataset, its split, and what must hold before work starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.datasets.copies import known_copies
from core.datasets.prepared import PreparedDataset
from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.errors import DatasetError
from core.training.atomic import replacing
from core.training.rows import Reader, RowReader

SPLIT = "split.parquet"


@dataclass(frozen=True)
class RunData:
    """`parts` gives each row its part, as stored with the run."""

    dataset: PreparedDataset
    targets: NDArray[np.int64]  # -1 where an image has no class
    parts: NDArray[np.object_]

    def rows(self, part: str) -> NDArray[np.int64]:
        """The samples of a part; here each image is one."""
        return np.flatnonzero((self.parts == part) & (self.targets >= 0))

    @property
    def strata(self) -> NDArray[np.int64]:
        """The class of each sample, for drawing them evenly."""
        return self.targets

    def reader(self) -> Reader:
        return RowReader(self.dataset.images)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.dataset.info.classes

    def notes(self) -> list[str]:
        """What a person should know of this split, a sentence each."""
        index = self.dataset.index
        copies = index["image_id"].map(known_copies(self.dataset))
        owners = index["group"].fillna(index["patient_id"])
        return [
            *self._torn(owners, "patients have images"),
            *self._torn(copies, "images have copies of themselves"),
        ]

    def _torn(self, groups: pd.Series, what: str) -> list[str]:
        """Groups that lie on both sides of a pair of parts."""
        found = []
        sides = {p: set(groups[self.parts == p].dropna()) for p in (TRAIN, VALIDATION, TEST)}
        for one, other in ((TRAIN, VALIDATION), (TRAIN, TEST), (VALIDATION, TEST)):
            if shared := sides[one] & sides[other]:
                found.append(
                    f"{len(shared)} {what} in both {one} and {other}: figures measured here are "
                    "too good to be true."
                )
        return found


def store_split(dataset: PreparedDataset, split: str | pd.DataFrame, folder: Path) -> None:
    """A later change of the dataset's split must not change what a run trained on."""
    table = dataset.split_table(split) if isinstance(split, str) else split
    table = table[["image_id", "part"]]
    with replacing(folder / SPLIT) as file:
        table.to_parquet(file, index=False)


def load(dataset: PreparedDataset, folder: Path) -> RunData:
    stored = pd.read_parquet(folder / SPLIT).set_index("image_id")["part"]
    return _checked(dataset, stored.reindex(dataset.index["image_id"]).to_numpy(object))


def of_split(dataset: PreparedDataset, name: str) -> RunData:
    """As a run begun now would have it."""
    return _checked(dataset, dataset.split(name).to_numpy(object))


def _checked(dataset: PreparedDataset, parts: NDArray[np.object_]) -> RunData:
    place = {name: number for number, name in enumerate(dataset.info.classes)}
    targets = np.asarray(dataset.index["class"].map(place).fillna(-1), np.int64)
    data = RunData(dataset, targets, parts)
    _check(data)
    return data


def _check(data: RunData) -> None:
    name = data.dataset.info.name
    if len(data.dataset.images) != len(data.targets):
        raise DatasetError(
            f"Dataset {name!r} has {len(data.dataset.images)} images but {len(data.targets)} rows "
            "in its table. Prepare it again."
        )
    for part in (TRAIN, VALIDATION):
        if not len(data.rows(part)):
            raise DatasetError(
                f"Dataset {name!r} has no images to learn from in the part {part!r} of this "
                f"split. Make another: python -m core split {name} --name NAME"
            )
    missing = _missing(data.targets[data.rows(TRAIN)], data.classes)
    if missing:
        raise DatasetError(
            f"No training image of dataset {name!r} is of class {', '.join(missing)}. Choose a "
            "split or a task whose classes all occur."
        )


def _missing(targets: NDArray[np.int64], classes: Sequence[str]) -> list[str]:
    return [label for number, label in enumerate(classes) if number not in targets]
