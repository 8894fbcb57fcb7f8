"""Memory that a process and its child share without a name: gone when both are gone."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.domain.images import Pixels
from core.errors import ImageError

BLOCK = 1 << 20


def open_buffer() -> BinaryIO:
    """In memory where the system can; elsewhere a file without a name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("decoding"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def fill(buffer: BinaryIO, source: bytes | memoryview | BinaryIO) -> int:
    """How many bytes there are; a stream is copied in blocks and never held as a whole."""
    buffer.seek(0)
    if isinstance(source, bytes | memoryview):
        _write_all(buffer, memoryview(source).cast("B"))
    else:
        source.seek(0)
        shutil.copyfileobj(source, _Whole(buffer), BLOCK)
    return buffer.tell()


def write_pixels(buffer: int, at: int, pixels: Pixels) -> None:
    plain = np.ascontiguousarray(pixels, np.float32).data.cast("B")
    while len(plain):
        written = os.pwrite(buffer, plain, at)
        plain, at = plain[written:], at + written


def read_pixels(buffer: BinaryIO, at: int, rows: int, columns: int) -> Pixels:
    """Refuses to make room for more than was written: the numbers come from the other side."""
    there = os.fstat(buffer.fileno()).st_size - at
    if rows < 1 or columns < 1 or rows * columns * 4 != there:
        raise ImageError("The decoder gave back no image. Export the file once more.")
    pixels = np.empty((rows, columns), np.float32)
    plain = pixels.data.cast("B")
    buffer.seek(at)
    while len(plain):
        count = os.preadv(buffer.fileno(), [plain], at)
        if not count:
            raise ImageError("The decoder gave back no image. Export the file once more.")
        plain, at = plain[count:], at + count
    return pixels


def empty(buffer: BinaryIO) -> None:
    """What was in it goes back to the system; nothing of a file stays in memory."""
    buffer.truncate(0)


def path_of(buffer: int) -> Path:
    """A name under which the process that holds it can open it once more."""
    return Path(f"/dev/fd/{buffer}")


class _Whole:
    """Writes every byte: an unbuffered file may take a part of what it is given."""

    def __init__(self, buffer: BinaryIO) -> None:
        self._buffer = buffer

    def write(self, data: bytes) -> int:
        _write_all(self._buffer, memoryview(data))
        return len(data)


def _write_all(buffer: BinaryIO, data: memoryview) -> None:
    while len(data):
        data = data[buffer.write(data) :]
