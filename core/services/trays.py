"""Trays: where files wait on disk that a browser or a program sends one by one.

What goes through a page's own uploader lies in the server's memory, where a long worklist
would not fit. A tray is a folder that only this server reads, known by a long random key to
the one who opened it (`core.services.shelf`), and counted while it is filled.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.disk import amount, free_bytes
from core.errors import Busy, InputError, NotFound
from core.services import environment

PREFIX = "MAMMOLENS_API_"
MEGABYTE = 1_000_000
SPARE_BYTES = 1_000_000_000  # left for everything else that writes to this disk


class TooLarge(InputError):
    code = "too-large"


class DiskFull(Busy):
    code = "disk-full"


class TooMany(Busy):
    code = "too-many-uploads"


@dataclass(frozen=True)
class Limits:
    most_file_bytes: int = 250 * MEGABYTE
    most_bytes: int = 20_000 * MEGABYTE  # of one tray
    most_files: int = 5000  # of one tray
    most_trays: int = 32
    seconds: float = 4 * 3600.0  # unused for this long, a tray is closed

    @classmethod
    def from_environment(cls) -> "Limits":
        return cls(
            most_file_bytes=MEGABYTE * environment.number(PREFIX + "MEGABYTES", 250, 1, 100_000),
            most_bytes=MEGABYTE
            * environment.number(PREFIX + "UPLOAD_MEGABYTES", 20_000, 1, 10_000_000),
            most_files=environment.number(PREFIX + "UPLOAD_FILES", 5000, 1, 100_000),
            most_trays=environment.number(PREFIX + "UPLOADS", 32, 1, 10_000),
            seconds=3600.0 * environment.number(PREFIX + "UPLOAD_HOURS", 4, 1, 720),
        )


@dataclass(frozen=True)
class Stored:
    """`name` is only ever told back; on disk the file has a number."""

    name: str
    path: Path
    size: int


@dataclass(eq=False)
class Tray:
    """Safe to use from any thread. `of_page`: its key alone opens it, as a page has no token."""

    key: str
    folder: Path
    limits: Limits
    of_page: bool
    used: float = field(default_factory=time.monotonic)
    size: int = 0  # what is still coming in is counted too
    closed: bool = False
    _stored: dict[str, Stored] = field(default_factory=dict)
    _coming: int = 0
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ends: list[Callable[[], None]] = field(default_factory=list)

    def files(self) -> list[Stored]:
        """In the order in which they came."""
        with self._lock:
            self.used = time.monotonic()
            return list(self._stored.values())

    def receive(self, slot: str, name: str, expected: int | None) -> "Arrival":
        """A place for one file; another one for the same slot takes its place when complete."""
        with self._lock:
            self._refuse_if_closed()
            if slot not in self._stored:
                self._check_count()
            self._check_size(expected or 0)
            check_room(self.folder, expected or 0)
            self._number += 1
            self._coming += 1
            return Arrival(self, slot, name, self.folder / f"{self._number:06d}")

    def when_closed(self, act: Callable[[], None]) -> None:
        self._ends.append(act)

    def grow(self, by: int, arrived: int) -> None:
        with self._lock:
            self._refuse_if_closed()
            if arrived > self.limits.most_file_bytes:
                raise TooLarge(_too_large_a_file(self.limits))
            self._check_size(by)
            self.size += by
            self.used = time.monotonic()

    def keep(self, slot: str, stored: Stored) -> None:
        with self._lock:
            self._coming -= 1
            self._refuse_if_closed()
            before = self._stored.pop(slot, None)
            self._stored[slot] = stored
            if before:
                self.size -= before.size
        if before:
            before.path.unlink(missing_ok=True)

    def give_up(self, size: int) -> None:
        with self._lock:
            self._coming -= 1
            self.size -= size

    def end(self) -> None:
        with self._lock:
            if self.closed:
                return
            self.closed = True
        for act in self._ends:
            act()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _refuse_if_closed(self) -> None:
        if self.closed:
            raise gone()

    def _check_count(self) -> None:
        if len(self._stored) + self._coming >= self.limits.most_files:
            raise TooLarge(
                f"An upload holds {self.limits.most_files:,} files at most. Send the others in "
                "another one, or name a folder on the server."
            )

    def _check_size(self, more: int) -> None:
        if more > self.limits.most_file_bytes:
            raise TooLarge(_too_large_a_file(self.limits))
        if self.size + more > self.limits.most_bytes:
            raise TooLarge(
                f"With this file the upload would be larger than {amount(self.limits.most_bytes)}"
                ", the most in all. Send the rest in another one, or name a folder on the server."
            )


@dataclass
class Arrival:
    """One file while it comes in; nothing of it stays unless it comes as a whole."""

    tray: Tray
    slot: str
    name: str
    path: Path
    size: int = 0
    _file: IO[bytes] | None = None

    def write(self, block: bytes) -> None:
        self.tray.grow(len(block), self.size + len(block))
        self.size += len(block)
        if self._file is None:
            # Private from the first byte on, and never through a link.
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._file = os.fdopen(os.open(self.path, flags, 0o600), "wb", buffering=0)
        check_room(self.tray.folder, 0)
        left = memoryview(block)
        while left:
            left = left[self._file.write(left) :]

    def done(self) -> Stored:
        if not self.size:
            raise InputError("The file is empty. Choose the image itself, or export it once more.")
        self._close()
        stored = Stored(self.name, self.path, self.size)
        self.tray.keep(self.slot, stored)
        return stored

    def abandon(self) -> None:
        self._close()
        self.tray.give_up(self.size)
        self.path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()


def check_room(folder: Path, needed: int) -> None:
    free = free_bytes(folder) - SPARE_BYTES
    if needed > free or free < 0:
        raise DiskFull(
            f"The server's disk has no room for this file ({amount(max(0, free))} are free for "
            "uploads). Send it later, or remove uploads that are no longer needed."
        )


def _too_large_a_file(limits: Limits) -> str:
    return (
        f"The file is larger than {amount(limits.most_file_bytes)}, the most for one. Send the "
        "images of a large zip one by one, or name its path on the server."
    )


def gone() -> NotFound:
    return NotFound(
        "There is no upload with this key: it was removed, or nobody used it for hours. "
        "Begin a new one."
    )
