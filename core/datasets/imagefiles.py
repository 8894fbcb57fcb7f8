"""Which files of a folder are images, and whether a file is whole, without decoding it."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError

from core.preprocessing.decoding.quiet import quiet

SUFFIXES = frozenset(
    (".dcm", ".dicom", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".pgm", ".ppm")
)
DICOM_SUFFIXES = frozenset((".dcm", ".dicom", ""))
# How a whole file of each kind begins and ends; None: the end says nothing.
MARKS: dict[str, tuple[tuple[bytes, ...], bytes | None]] = {
    ".png": ((b"\x89PNG\r\n\x1a\n",), b"IEND\xaeB`\x82"),
    ".jpg": ((b"\xff\xd8",), b"\xff\xd9"),
    ".jpeg": ((b"\xff\xd8",), b"\xff\xd9"),
    ".tif": ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), None),
    ".tiff": ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), None),
    ".bmp": ((b"BM",), None),
    ".pgm": ((b"P2", b"P5"), None),
    ".ppm": ((b"P3", b"P6"), None),
}
UNREADABLE = (
    InvalidDicomError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    EOFError,
    NotImplementedError,
    zlib.error,
)
TAIL = 1024
SEQUENCE_END = b"\xfe\xff\xdd\xe0"


def images_under(folder: Path) -> Iterator[Path]:
    """In a fixed order; hidden files and those of other kinds are passed over."""
    for where, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                yield Path(where, name)


def fault_of(path: Path) -> str | None:
    """Why a file cannot be a whole image, as far as its two ends tell."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            return "This is a folder, not a file."
        if not size:
            return "The file is empty."
        suffix = path.suffix.lower()
        if suffix in DICOM_SUFFIXES:
            return _dicom_fault(path, size)
        return _marks_fault(path, size, suffix) if suffix in MARKS else None
    except FileNotFoundError:
        return "The file is missing."
    except OSError as fault:
        return f"The file cannot be read: {fault.strerror}."


def _marks_fault(path: Path, size: int, suffix: str) -> str | None:
    starts, end = MARKS[suffix]
    with path.open("rb") as file:
        if not file.read(8).startswith(starts):
            return f"The file does not begin like {suffix}: it is of another kind or damaged."
        file.seek(max(0, size - TAIL))
        if end and end not in file.read():
            return "The file ends too early: it is cut short."
    return None


def _dicom_fault(path: Path, size: int) -> str | None:
    try:
        with quiet(), path.open("rb") as file:
            header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
            pixels = file.tell()
        if not (header.get("Rows") and header.get("Columns")):
            return "There is no image in this file."
        return _cut_short(path, size - pixels, header)
    except UNREADABLE as fault:
        return f"The DICOM header cannot be read: {fault}."


def _cut_short(path: Path, remaining: int, header: pydicom.Dataset) -> str | None:
    """`remaining` bytes hold the pixels, their tag and whatever follows them."""
    syntax = getattr(getattr(header, "file_meta", None), "TransferSyntaxUID", None)
    if syntax is not None and syntax.is_deflated:
        return None  # such a header could not have been read from half a file
    if syntax is not None and syntax.is_compressed:
        ends = _has_sequence_end(path)
        return None if ends else "The compressed pixels have no end: the file is cut short."
    bits = int(header.get("BitsAllocated", 16))
    samples = int(header.get("SamplesPerPixel", 1)) * int(header.get("NumberOfFrames") or 1)
    needed = int(header.Rows) * int(header.Columns) * samples * bits // 8
    if remaining < needed:
        return f"The pixels need {needed} bytes and have {remaining}: the file is cut short."
    return None


def _has_sequence_end(path: Path) -> bool:
    """Attributes may follow the pixels, so the mark is looked for in the whole last megabyte."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        return SEQUENCE_END in file.read()
