"""Features on disk as a step takes them: one array, or several where several cross the cut."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.training.rows import Inputs, RowReader

FEATURES, FOLDS = "features.npy", "features.json"
Rows = NDArray[np.int64]
Array = NDArray[np.generic]


@dataclass(frozen=True)
class Kept:
    """A row for each sample and fixed copy.

    A network may count otherwise than by samples, such as by breast: `folds` says how
    many of its rows belong to one sample.
    """

    arrays: tuple[Array, ...]
    folds: tuple[int, ...]

    def reader(self) -> "KeptReader":
        return KeptReader(self)


class KeptReader:
    """`shape` is of what crosses first; nothing here is a picture."""

    def __init__(self, kept: Kept) -> None:
        self._readers = [RowReader(array) for array in kept.arrays]
        self._folds = kept.folds
        self.shape, self.views = self._readers[0].shape, 1

    def read(self, rows: Rows) -> Inputs:
        found = [
            _unfolded(reader.read(rows), fold)
            for reader, fold in zip(self._readers, self._folds, strict=True)
        ]
        return found[0] if len(found) == 1 else found

    def close(self) -> None:
        for reader in self._readers:
            reader.close()


class Writer:
    """Files are made at the first batch, which tells how large rows are."""

    def __init__(self, folder: Path, rows: int) -> None:
        self._folder, self._rows = folder, rows
        self._arrays: list[np.memmap[Any, Any]] = []

    def write(self, rows: Rows, batch: list[Array], samples: int) -> None:
        """`samples` is how many the batch holds; of those the first are of these rows."""
        folded = [values.reshape(samples, -1, *values.shape[1:]) for values in batch]
        if not self._arrays:
            self._begin(folded)
        for array, values in zip(self._arrays, folded, strict=True):
            plain = values[:, 0] if values.shape[1] == 1 else values
            array[rows] = plain[: len(rows)]

    def _begin(self, folded: list[Array]) -> None:
        for number, values in enumerate(folded):
            shape = values.shape[2:] if values.shape[1] == 1 else values.shape[1:]
            file = self._folder / name_of(number)
            self._arrays.append(
                np.lib.format.open_memmap(
                    file, mode="w+", dtype=values.dtype, shape=(self._rows, *shape)
                )
            )
        folds = [int(values.shape[1]) for values in folded]
        (self._folder / FOLDS).write_text(json.dumps(folds), encoding="utf-8")

    def flush(self) -> None:
        for array in self._arrays:
            array.flush()


def name_of(number: int) -> str:
    return FEATURES if not number else f"features_{number}.npy"


def load(folder: Path) -> Kept:
    folds = tuple(json.loads((folder / FOLDS).read_text(encoding="utf-8")))
    files = [folder / name_of(number) for number in range(len(folds))]
    arrays = tuple(np.load(file, mmap_mode="r", allow_pickle=False) for file in files)
    return Kept(arrays, folds)


def _unfolded(values: Array, fold: int) -> Array:
    return values if fold == 1 else values.reshape(-1, *values.shape[2:])
