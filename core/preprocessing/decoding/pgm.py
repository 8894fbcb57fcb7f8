"""Grey PGM files, binary and text: libraries scale some of them and not others."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.decoding.source import Content

GAP = rb"(?:\s|#[^\n]*\n)+"
HEADER = re.compile(rb"P([25])" + GAP + rb"(\d+)" + GAP + rb"(\d+)" + GAP + rb"(\d+)\s")


def announced_top(content: Content) -> int | None:
    """The value that is white, for a grey PGM."""
    found = HEADER.match(content.head(4096))
    top = int(found[4]) if found else 0
    return top if 0 < top < 65536 else None


def words(content: Content, rows: int, columns: int) -> NDArray[Any] | None:
    """None for what is no grey PGM; ValueError where values are missing."""
    found, top = HEADER.match(content.head(4096)), announced_top(content)
    if found is None or top is None:
        return None
    count = rows * columns
    if found[1] == b"5":
        kind = np.dtype("u1" if top < 256 else ">u2")
        stored = np.frombuffer(content.view, kind, count, found.end())
    else:
        stored = np.array(bytes(content.view[found.end() - 1 :]).split()[:count], dtype=np.uint16)
    native = np.uint8 if top < 256 else np.uint16
    return stored.reshape(rows, columns).astype(native, copy=False)
