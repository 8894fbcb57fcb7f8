"""Rows of a large array file, read without ever holding the file in memory.

Pages of a memory map that were touched count as the process's own memory, which would
grow with the dataset; reading at an offset into a batch does not.
"""

import os
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# One array, or several by name.
Inputs = Any
IMAGES = "images"  # the name of the pictures among several inputs


class Reader(Protocol):
    """`shape` is that of one picture, of which a sample has `views`."""

    shape: tuple[int, ...]
    views: int

    def read(self, rows: NDArray[np.int64]) -> Inputs: ...

    def close(self) -> None: ...


class RowReader:
    """Gathers rows of a `.npy` file or of an array in memory into a new array."""

    def __init__(self, array: NDArray[np.generic]) -> None:
        self._array = array
        self.shape: tuple[int, ...] = array.shape[1:]
        self.views = 1
        self.dtype = array.dtype
        self._file: int | None = None
        if _readable_at_offset(array):
            assert isinstance(array, np.memmap)
            self._path = Path(str(array.filename))
            self._file = os.open(self._path, os.O_RDONLY)
            self._start = int(array.offset)
            self._size = int(array.dtype.itemsize * np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        return len(self._array)

    def read(self, rows: NDArray[np.int64]) -> NDArray[np.generic]:
        if self._file is None:
            return np.asarray(self._array[rows])
        batch = np.empty((len(rows), *self.shape), self.dtype)
        view = batch.reshape(-1).view(np.uint8).data
        for place, row in enumerate(rows.tolist()):
            target = view[place * self._size : (place + 1) * self._size]
            self._fill(target, self._start + row * self._size)
        return batch

    def _fill(self, target: memoryview, offset: int) -> None:
        assert self._file is not None
        done = 0
        while done < len(target):
            count = os.preadv(self._file, [target[done:]], offset + done)
            if count == 0:
                raise OSError(f"{self._path} ends early: it was cut off or replaced.")
            done += count

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> "RowReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _readable_at_offset(array: NDArray[np.generic]) -> bool:
    """A whole file in C order, on a system that can read at an offset."""
    whole = isinstance(array, np.memmap) and array.filename is not None
    return whole and bool(array.flags.c_contiguous) and hasattr(os, "preadv")
