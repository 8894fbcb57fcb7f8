"""The bytes of an image without a copy of them: a file is mapped into memory, not read."""

import io
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import ImageError

Source = Path | str | bytes | bytearray | memoryview | BinaryIO


@dataclass(frozen=True)
class Content:
    """`view` spans the whole file; `path` is known where it lies on disk."""

    view: memoryview
    path: Path | None = None

    def head(self, length: int) -> bytes:
        return bytes(self.view[:length])

    def stream(self) -> BinaryIO:
        if self.path:
            return self.path.open("rb")
        whole = self.view.obj
        # A view may span a part of what it looks into; only the whole can be shared uncopied.
        shared = isinstance(whole, bytes) and len(whole) == len(self.view)
        return io.BytesIO(whole if shared else self.view)


def open_source(source: Source) -> Content:
    if isinstance(source, str | Path):
        content = _map(Path(source))
    elif isinstance(source, bytes | bytearray | memoryview):
        content = Content(memoryview(source).cast("B"))
    else:
        if source.seekable():
            source.seek(0)  # an upload may have been read before
        content = Content(memoryview(source.read()))
    if not len(content.view):
        raise ImageError(
            "The file is empty (0 bytes), so it holds no image. Copy or export it once more."
        )
    return content


def _map(path: Path) -> Content:
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                return Content(memoryview(b""), path)
            return Content(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), path)
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise ImageError(
            f"The file {path.name} cannot be opened: {reason}. Check its path and permissions."
        ) from None
