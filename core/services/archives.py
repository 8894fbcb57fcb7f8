"""Unpacks a dataset that came as a zip, and trusts nothing in it.

A zip can name places outside its folder, hold links, or inflate to more than a disk holds;
each is refused before a byte is written.
"""

import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from core import paths
from core.datasets.naming import check_name
from core.disk import free_bytes
from core.errors import DatasetError

MOST_FILES = 20_000
MOST_BYTES = 4_000_000_000
SPARE_BYTES = 200_000_000
Watch = Callable[[int, int], None]


def unpack(archive: Path | BinaryIO, name: str, watch: Watch = lambda done, total: None) -> Path:
    """The folder that holds the images: the archive's only folder, or all that was in it."""
    target = root() / check_name(name)
    if target.exists():
        raise DatasetError(f"There is an upload {name!r} already. Choose another name.")
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _checked(opened)
            _check_room(target, sum(member.file_size for member in members))
            _extract(opened, members, target, watch)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as fault:
        shutil.rmtree(target, ignore_errors=True)
        raise DatasetError(f"The zip cannot be unpacked: {fault}. Make it once more.") from None
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return _only_folder(target)


def root() -> Path:
    return paths.workspace().resolve() / "uploads"


def free_name(wish: str) -> str:
    """`wish`, or with the first number that no upload has taken."""
    names = (wish if not number else f"{wish}-{number + 1}" for number in range(10_000))
    return next(name for name in names if not (root() / name).exists())


def _checked(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [one for one in opened.infolist() if not one.is_dir() and not _litter(one.filename)]
    if not members:
        raise DatasetError("The zip holds no file. Put the images and their tables into it.")
    if len(members) > MOST_FILES:
        raise DatasetError(
            f"The zip holds {len(members):,} files. Allowed: {MOST_FILES:,}. Copy a set of this "
            "size to a folder on the server and give its path."
        )
    for member in members:
        _check_member(member)
    return members


def _litter(name: str) -> bool:
    """What a Mac adds to a zip."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name == ".DS_Store"


def _check_member(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise DatasetError(
            f"The zip names a place outside its folder ({member.filename!r}), so nothing of it "
            "was unpacked. Make it once more from inside the folder."
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise DatasetError(
            f"The zip holds a link ({member.filename!r}), so nothing of it was unpacked. "
            "Put the file itself into it."
        )


def _check_room(target: Path, needed: int) -> None:
    free = free_bytes(target) - SPARE_BYTES
    most = min(free, MOST_BYTES)
    if needed > most:
        raise DatasetError(
            f"Unpacked, the zip would take {needed / 1e9:.1f} GB. Allowed: {most / 1e9:.1f} GB. "
            "Copy a set of this size to a folder on the server and give its path."
        )


def _extract(
    opened: zipfile.ZipFile, members: list[zipfile.ZipInfo], target: Path, watch: Watch
) -> None:
    left = MOST_BYTES
    for done, member in enumerate(members, start=1):
        path = target / PurePosixPath(member.filename.replace("\\", "/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(member) as source, path.open("wb") as sink:
            left -= _copied(source, sink, left)
        watch(done, len(members))


def _copied(source: IO[bytes], sink: BinaryIO, most: int) -> int:
    """The sizes that a zip states may be lies, so bytes are counted as they come."""
    written = 0
    while block := source.read(1 << 20):
        written += len(block)
        if written > most:
            raise DatasetError("The zip inflates to more than it says, so it is refused.")
        sink.write(block)
    return written


def _only_folder(target: Path) -> Path:
    inside = list(target.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else target
