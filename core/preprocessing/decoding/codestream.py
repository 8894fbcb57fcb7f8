"""What a compressed frame says of its own size: decoders trust it, so it is checked first."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import ImageError

ITEM = b"\xfe\xff\x00\xe0"
LOOKED_AT = 1 << 16
JPEG_2000 = b"\xff\x4f\xff\x51"
BOXES = b"\x00\x00\x00\x0cjP"  # a JP2 file, which holds its frame further on
START_OF_FRAME = {
    0xC0,
    0xC1,
    0xC2,
    0xC3,
    0xC5,
    0xC6,
    0xC7,
    0xC9,
    0xCA,
    0xCB,
    0xCD,
    0xCE,
    0xCF,
    0xF7,
}
ALONE = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True)
class Announced:
    """None where the format of the frame does not let it be read easily."""

    rows: int
    columns: int
    bits: int | None = None
    samples: int | None = None


def check_codestream(view: memoryview, start: int, wanted: Announced) -> None:
    """`wanted` is what the header says, where `bits` are those allocated."""
    found = announced(beginning(view, start))
    if found is None:
        return
    if (found.rows, found.columns) != (wanted.rows, wanted.columns):
        raise ImageError(
            f"The header says {wanted.rows} x {wanted.columns} pixels but the compressed image has "
            f"{found.rows} x {found.columns}: the file is damaged. Export it once more."
        )
    if found.bits is not None and not 2 <= found.bits <= (wanted.bits or 16):
        raise ImageError(
            f"The header says {wanted.bits} bits a pixel but the compressed image has "
            f"{found.bits}: the file is damaged. Export it once more."
        )
    if found.samples is not None and found.samples != wanted.samples:
        raise ImageError(
            f"The header says {wanted.samples} values a pixel but the compressed image has "
            f"{found.samples}: the file is damaged. Export it once more."
        )


def beginning(view: memoryview, start: int) -> bytes:
    """The head of the first frame, pieced together from the items after the one with offsets."""
    items = list(_items(view, start))
    if not items or items[-1].stop > len(view):
        raise ImageError(
            "The compressed image is not all there: the file is damaged or cut short. "
            "Copy or export it once more."
        )
    found = b""
    for item in items[1:]:
        found += bytes(view[item.start : min(item.stop, item.start + LOOKED_AT)])
        if len(found) >= LOOKED_AT:
            break
    return found


def _items(view: memoryview, at: int) -> Iterator[slice]:
    while bytes(view[at : at + 4]) == ITEM:
        length = int.from_bytes(view[at + 4 : at + 8], "little")
        yield slice(at + 8, at + 8 + length)
        at += 8 + length


def announced(code: bytes) -> Announced | None:
    if code.startswith((JPEG_2000, BOXES)):
        return _of_jpeg_2000(code[max(0, code.find(JPEG_2000)) :])
    return _of_jpeg(code) if code.startswith(b"\xff\xd8") else None


def _of_jpeg_2000(code: bytes) -> Announced | None:
    """The SIZ segment: the right and lower ends of the grid, less where the image begins on it."""
    if len(code) < 43 or not code.startswith(JPEG_2000):
        return None
    right, lower, left, upper = (int.from_bytes(code[at : at + 4], "big") for at in range(8, 24, 4))
    return Announced(lower - upper, right - left, bits=(code[42] & 0x7F) + 1)


def _of_jpeg(code: bytes) -> Announced | None:
    at = 2
    while at + 10 <= len(code) and code[at] == 0xFF:
        marker = code[at + 1]
        if marker in START_OF_FRAME:
            rows, columns = (int.from_bytes(code[i : i + 2], "big") for i in (at + 5, at + 7))
            return Announced(rows, columns, bits=code[at + 4], samples=code[at + 9])
        if marker == 0xFF:
            at += 1
        else:
            at += 2 if marker in ALONE else 2 + int.from_bytes(code[at + 2 : at + 4], "big")
    return None
