"""Finds a DICOM file's header and where its pixels lie, reading neither twice nor pixels at all."""

import zlib
from dataclasses import dataclass
from typing import BinaryIO

from pydicom import dcmread, uid
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from core.errors import ImageError
from core.preprocessing.decoding.limits import MOST_BYTES, too_large
from core.preprocessing.decoding.source import Content

PIXELS = {
    0x7FE00008: "FloatPixelData",
    0x7FE00009: "DoubleFloatPixelData",
    0x7FE00010: "PixelData",
}
PREAMBLE = 132
UNDEFINED = 0xFFFFFFFF


@dataclass(frozen=True)
class PixelElement:
    """`length` is None where the data is wrapped in items, as compressed frames are."""

    keyword: str
    start: int
    length: int | None
    vr: str = "OW"


@dataclass(frozen=True)
class Opened:
    dataset: Dataset
    content: Content
    syntax: uid.UID
    pixels: PixelElement | None

    @property
    def view(self) -> memoryview:
        return self.content.view

    def stream(self) -> BinaryIO:
        return self.content.stream()


def open_dicom(content: Content, most: int = MOST_BYTES) -> Opened:
    """`most` bounds what a deflated file may grow to; a header alone needs little."""
    try:
        if uid.DeflatedExplicitVRLittleEndian.encode() in content.head(2048):
            return _open_deflated(content, most)
        with content.stream() as stream:
            dataset = dcmread(stream, stop_before_pixels=True, force=True)
            at = stream.tell()
    except ImageError:
        raise
    except Exception as fault:  # a broken header fails in as many ways as there are bytes
        raise _broken(fault) from None
    return _opened(dataset, content, _syntax(dataset), at)


def _open_deflated(content: Content, most: int) -> Opened:
    with content.stream() as stream:
        stream.seek(PREAMBLE)
        meta = FileMetaDataset(read_dataset(stream, False, True, stop_when=_after_meta))
        inflated = Content(memoryview(_inflate(content.view[stream.tell() :], most)))
    inner = inflated.stream()
    dataset = read_dataset(inner, False, True, stop_when=_at_pixels)
    dataset.file_meta = meta
    return _opened(dataset, inflated, uid.ExplicitVRLittleEndian, inner.tell())


def _inflate(data: memoryview, most: int) -> bytes:
    """Bounded, because a few kilobytes can be made to inflate to gigabytes."""
    inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most)
    if len(inflated) >= MOST_BYTES:
        raise too_large(f"more than {MOST_BYTES // 1_000_000} MB once inflated")
    return inflated


def _after_meta(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag.group != 2


def _at_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag in PIXELS


def _syntax(dataset: Dataset) -> uid.UID:
    """Where the file does not say, how its header was written is how its pixels are."""
    named = getattr(dataset, "file_meta", {}).get("TransferSyntaxUID")
    if named:
        return uid.UID(str(named))
    implicit, little = dataset.original_encoding
    if little is False:
        return uid.ExplicitVRBigEndian
    return uid.ImplicitVRLittleEndian if implicit else uid.ExplicitVRLittleEndian


def _opened(dataset: Dataset, content: Content, syntax: uid.UID, at: int) -> Opened:
    order = "big" if syntax == uid.ExplicitVRBigEndian else "little"
    head = bytes(content.view[at : at + 12])
    tag = int.from_bytes(_swap(head[:4], order), "big")
    if tag not in PIXELS:
        return Opened(dataset, content, syntax, None)
    explicit = head[4:6].isalpha()
    size = head[8:12] if explicit else head[4:8]
    length = int.from_bytes(size, "big" if order == "big" else "little")
    start = at + (12 if explicit else 8)
    vr = head[4:6].decode("ascii") if explicit else "OW"
    element = PixelElement(PIXELS[tag], start, None if length == UNDEFINED else length, vr)
    return Opened(dataset, content, syntax, element)


def _swap(tag: bytes, order: str) -> bytes:
    """Group and element are two 16-bit words, each in the file's byte order."""
    return tag if order == "big" else tag[1::-1] + tag[3:1:-1]


def _broken(fault: Exception) -> ImageError:
    kind = type(fault).__name__
    return ImageError(
        f"The DICOM header cannot be read ({kind}): the file is damaged or cut short. "
        "Copy or export it once more."
    )
