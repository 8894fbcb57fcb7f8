"""What a person hands over to be looked at: files, folders and zips become single images.

Nothing of a zip is written to disk and no name in it becomes a path; a name only tells the
person which image is meant.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from core.errors import ImageError, ImageTooLarge, InputError
from core.services.decoding import Source

MOST_MEMBERS = 20_000
MOST_BYTES = 200_000_000
LITTER = ("__MACOSX",)
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"


@dataclass(frozen=True)
class Item:
    """One image to be: `read` is called when its turn comes, and may raise ImageError."""

    name: str
    read: Callable[[], Source]

    @property
    def stem(self) -> str:
        """Safe to be a part of a new file's name."""
        last = re.split(r"[/\\]", self.name)[-1]
        return re.sub(r"[^\w.-]+", "_", last.rsplit(".", 1)[0])[:80].strip(".") or "image"


def gather(paths: Iterable[Path]) -> Iterator[Item]:
    """In the order given; a folder's files by name."""
    for path in paths:
        if path.is_dir():
            yield from _folder(path)
        else:
            yield from expand(str(path), path)


def expand(name: str, source: Source) -> Iterator[Item]:
    """A zip's images, or the one image that it is."""
    if _is_zip(source):
        yield from _members(name, source)
    else:
        yield Item(name, lambda: source)


def _folder(folder: Path) -> Iterator[Item]:
    inside = (path for path in sorted(folder.rglob("*")) if path.is_file())
    files = [path for path in inside if not _hidden(path.relative_to(folder).parts)]
    if not files:
        raise InputError(f"The folder {folder} holds no file. Put the images into it.")
    for file in files:
        yield from expand(str(file), file)


def _hidden(parts: tuple[str, ...]) -> bool:
    return any(part in LITTER or re.match(r"\.[^.]", part) for part in parts)


def _is_zip(source: Source) -> bool:
    return _head(source) in (ZIP, EMPTY_ZIP)


def content(source: Source) -> bytes:
    """All of it, for who keeps it in memory."""
    if isinstance(source, Path):
        return source.read_bytes()
    if isinstance(source, bytes | memoryview):
        return bytes(source)
    source.seek(0)
    return source.read()


def _head(source: Source) -> bytes:
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                return file.read(4)
        except OSError:
            return b""  # the decoder says what is wrong with it
    if isinstance(source, bytes | memoryview):
        return bytes(source[:4])
    source.seek(0)
    return source.read(4)


def _members(name: str, source: Source) -> Iterator[Item]:
    try:
        opened = zipfile.ZipFile(_file(source))
        names = [one for one in opened.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        yield Item(name, _unreadable)
        return
    wanted = [one for one in names if not _hidden(PurePosixPath(one.filename).parts)]
    if not wanted or len(wanted) > MOST_MEMBERS:
        raise InputError(
            f"The zip {_last(name)} holds {len(wanted):,} files. Allowed: 1 to {MOST_MEMBERS:,}."
        )
    for one in wanted:
        yield Item(f"{name}/{one.filename}", partial(_inflated, opened, one))


def _file(source: Source) -> Path | BinaryIO:
    if isinstance(source, bytes | memoryview):
        return io.BytesIO(source)
    return source


def _last(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]


def _unreadable() -> Source:
    raise ImageError("The zip cannot be opened: it is damaged or cut short. Make it once more.")


def _inflated(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The size that a zip states may be a lie, so no more is read than is allowed."""
    if member.file_size > MOST_BYTES:
        raise _too_much()
    try:
        with opened.open(member) as file:
            data = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as fault:
        why = "it has a password" if isinstance(fault, RuntimeError) else "the zip is damaged"
        raise ImageError(f"The file cannot be taken out of the zip: {why}.") from None
    except Exception:  # zlib's and lzma's own faults
        raise ImageError("The file cannot be taken out of the zip: the zip is damaged.") from None
    if len(data) > MOST_BYTES:
        del data  # or the error would hold it for as long as anybody holds the error
        raise _too_much()
    return data


def _too_much() -> ImageTooLarge:
    return ImageTooLarge(
        f"The file inflates to more than {MOST_BYTES // 1_000_000} MB, which no mammogram is. "
        "Give the image itself."
    )
