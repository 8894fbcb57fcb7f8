"""Tables of numbers that grow while they are watched: each look reads only what is new.

A run's journal is appended to, and rewritten when the run resumes. Both are noticed: the
first costs the new lines, the second a fresh start. Whoever watches the same file shares
what was read; a table handed out never changes.
"""

import csv
import io
import itertools
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.services.held import Held

Floats = NDArray[np.float64]
MOST_FOLLOWED = 256
_FEW_BYTES = 100_000  # up to which starting the fast reader takes longer than reading
_SEAM = 64  # so many bytes before the new ones are looked at again
_versions = itertools.count(1)


@dataclass(frozen=True)
class Table:
    """`version` is another one whenever there is something new."""

    columns: tuple[str, ...] = ()
    values: Floats = field(default_factory=lambda: np.empty((0, 0)))
    version: int = 0

    def __len__(self) -> int:
        return len(self.values)

    def column(self, name: str) -> Floats:
        """Not a number where the file says nothing."""
        if name not in self.columns:
            return np.full(len(self), np.nan)
        found: Floats = self.values[:, self.columns.index(name)]
        return found


EMPTY = Table()
_Mark = tuple[int, int, int]  # inode, size, time of change


class Followed:
    """One file. `look` may be called by any number of threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._mark: _Mark | None = None
        self._forget()

    def _forget(self) -> None:
        self._table, self._read, self._seam = EMPTY, 0, b""
        self._room: Floats = np.empty((0, 0))

    def look(self) -> Table:
        with self._lock:
            try:
                found = self._path.stat()
            except OSError:
                self._forget()
                self._mark = None
                return self._table
            mark = found.st_ino, found.st_size, found.st_mtime_ns
            if mark != self._mark:
                self._catch_up(mark)
            return self._table

    def _catch_up(self, mark: _Mark) -> None:
        with self._path.open("rb") as file:
            if not self._continues(mark, file):
                self._forget()
            file.seek(self._read)
            new = file.read()
        self._mark = mark
        # A last line without its end is still being written.
        self._take(new[: new.rfind(b"\n") + 1])

    def _continues(self, mark: _Mark, file: io.BufferedReader) -> bool:
        """Whether what was read is still there, untouched, with more behind it."""
        if self._mark is None or mark[0] != self._mark[0] or mark[1] < self._read:
            return False
        file.seek(self._read - len(self._seam))
        return file.read(len(self._seam)) == self._seam

    def _take(self, new: bytes) -> None:
        if not new:
            return
        self._read += len(new)
        self._seam = (self._seam + new)[-_SEAM:]
        columns = self._table.columns
        if not columns:
            head, _, new = new.partition(b"\n")
            columns = tuple(head.decode("utf-8", "replace").strip().split(","))
        self._table = Table(columns, self._with(_numbers(new, columns)), next(_versions))

    def _with(self, rows: Floats) -> Floats:
        """Behind the rows known so far, where there is room that no table handed out shows."""
        known = len(self._table)
        count = known + len(rows)
        if count > len(self._room) or rows.shape[1:] != self._room.shape[1:]:
            room = np.empty((max(64, 2 * count), rows.shape[1]))
            if known:
                room[:known] = self._table.values
            self._room = room
        self._room[known:count] = rows
        return self._room[:count]


_followed: Held[Followed] = Held(MOST_FOLLOWED)


def follow(path: Path) -> Table:
    """What the file holds by now; empty where there is none."""
    return _followed.get(path, lambda: Followed(path)).look()


def _numbers(lines: bytes, columns: tuple[str, ...]) -> Floats:
    """Lines that are no rows are left out, cells that are no numbers are not a number."""
    if not lines.strip():
        return np.empty((0, len(columns)))
    if len(lines) < _FEW_BYTES:
        with suppress(ValueError):
            values = np.array([line.split(b",") for line in lines.splitlines()]).astype(np.float64)
            if values.shape[1:] == (len(columns),):
                return values
    frame = pd.read_csv(
        io.BytesIO(lines),
        header=None,
        names=list(range(len(columns))),
        index_col=False,
        on_bad_lines="skip",
        quoting=csv.QUOTE_NONE,
        encoding_errors="replace",
        low_memory=False,
    )
    table = frame.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    kept: Floats = table[~np.isnan(table[:, 0])]
    return kept
