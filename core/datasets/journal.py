"""What has been prepared so far, kept so that a kill at any moment loses nothing committed.

Cases are committed in their order: first the pixels are appended to the array file, then
one line to the journal. A line holds the checksum of its pixels, so that after a power
failure both files are cut back to the last case that is whole in both.
"""

import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np
from numpy.typing import NDArray

JOURNAL, PIXELS = "journal.jsonl", "images.part"
HEADER_BYTES = 128
SYNC_EVERY = 64
Frame = NDArray[Any]


@dataclass(frozen=True)
class Entry:
    """One case: a row for each frame it gave, or the reason why it gave none."""

    case: int
    rows: tuple[dict[str, Any], ...]
    checksum: int
    path: str = ""
    reason: str = ""

    def to_line(self) -> str:
        fields = (self.case, self.rows, self.checksum, self.path, self.reason)
        return json.dumps(fields, separators=(",", ":")) + "\n"

    @classmethod
    def from_line(cls, line: str) -> "Entry":
        case, rows, checksum, path, reason = json.loads(line)
        return cls(case, tuple(rows), checksum, path, reason)


class Journal:
    """Opens what an earlier process left in `folder`, cut back to what is whole."""

    def __init__(self, folder: Path, shape: tuple[int, int], dtype: np.dtype[Any]) -> None:
        self.folder, self.shape, self.dtype = folder, shape, dtype
        self.frame_bytes = shape[0] * shape[1] * dtype.itemsize
        self.cases = self.frames = self.faults = 0
        for name in (PIXELS, JOURNAL):
            (folder / name).touch()
        self._pixels: BinaryIO = (folder / PIXELS).open("r+b")
        self._lines: TextIO = (folder / JOURNAL).open("r+", encoding="utf-8", newline="\n")
        self._recover()

    def _recover(self) -> None:
        end = 0
        self._pixels.seek(HEADER_BYTES)
        for line in iter(self._lines.readline, ""):
            entry = self._whole(line)
            if entry is None:
                break
            self._count(entry)
            end += len(line.encode())
        self._lines.seek(end)
        self._lines.truncate()
        self._pixels.seek(HEADER_BYTES + self.frames * self.frame_bytes)
        self._pixels.truncate()

    def _whole(self, line: str) -> Entry | None:
        if not line.endswith("\n"):
            return None
        try:
            entry = Entry.from_line(line)
        except (ValueError, TypeError):
            return None
        pixels = self._pixels.read(len(entry.rows) * self.frame_bytes)
        return entry if zlib.crc32(pixels) == entry.checksum else None

    def _count(self, entry: Entry) -> None:
        self.cases = entry.case + 1
        self.frames += len(entry.rows)
        self.faults += bool(entry.reason)

    def commit(
        self, case: int, frames: Sequence[Frame], rows: list[dict[str, Any]], path: str, reason: str
    ) -> None:
        pixels = b"".join(np.ascontiguousarray(frame, self.dtype).tobytes() for frame in frames)
        self._pixels.write(pixels)
        self._pixels.flush()
        entry = Entry(case, tuple(rows), zlib.crc32(pixels), path, reason)
        self._lines.write(entry.to_line())
        self._lines.flush()
        self._count(entry)
        if case % SYNC_EVERY == 0:
            self.sync()

    def sync(self) -> None:
        for file in (self._pixels, self._lines):
            file.flush()
            os.fsync(file.fileno())

    def entries(self) -> Iterator[Entry]:
        self._lines.flush()
        with (self.folder / JOURNAL).open(encoding="utf-8") as lines:
            yield from map(Entry.from_line, lines)

    def finish(self, target: Path) -> None:
        """Turns the raw frames into a NumPy file where they lie, without copying them."""
        self._pixels.seek(0)
        self._pixels.write(npy_header((self.frames, *self.shape), self.dtype))
        self.sync()
        self.close()
        (self.folder / PIXELS).replace(target)

    def close(self) -> None:
        self._pixels.close()
        self._lines.close()


def npy_header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """NumPy's own header (version 1.0), padded to a length that no count of images changes."""
    text = (
        f"{{'descr': '{dtype.newbyteorder('<').str}', 'fortran_order': False, 'shape': {shape}, }}"
    )
    magic = b"\x93NUMPY\x01\x00" + (HEADER_BYTES - 10).to_bytes(2, "little")
    return magic + text.encode().ljust(HEADER_BYTES - 11) + b"\n"
