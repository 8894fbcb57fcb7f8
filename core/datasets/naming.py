"""Names of prepared datasets and splits, and the lock that lets one process at a time write."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import psutil

from core.datasets.progress import is_alive
from core.errors import DatasetError

ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LOCK = ".writer"


def check_name(name: str, of: str = "dataset") -> str:
    """A name becomes a folder's or a file's, so it must be one and stay inside the workspace."""
    if not ALLOWED.fullmatch(name):
        raise DatasetError(
            f"{name!r} cannot be the name of a {of}. Allowed: 1 to 64 letters, digits, dots, "
            "hyphens and underscores, beginning with a letter or digit."
        )
    return name


@contextlib.contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """A lock left by a process that has died counts for nothing."""
    lock = folder / LOCK
    _claim(lock)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _claim(lock: Path) -> None:
    mine = lock.with_name(f"{LOCK}.{os.getpid()}")
    mine.write_text(f"{os.getpid()} {psutil.Process().create_time()}")
    try:
        for _ in range(2):
            try:
                # A link appears whole or not at all, so nobody ever reads half a claim.
                os.link(mine, lock)
                return
            except FileExistsError:
                if _holder_lives(lock):
                    break
                lock.unlink(missing_ok=True)
    finally:
        mine.unlink()
    raise DatasetError(
        f"Another process is preparing {lock.parent.name!r}. Wait for it, stop it, or choose "
        "another name."
    )


def _holder_lives(lock: Path) -> bool:
    try:
        pid, born = lock.read_text().split()
        return is_alive(int(pid), float(born))
    except (OSError, ValueError):
        return False
