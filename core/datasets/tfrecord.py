"""Reads TFRecord files without TensorFlow: the framing, and the few kinds of field they use.

A record is its length (8 bytes), a checksum of those, the content and a checksum of that.
The content is a protocol buffer `Example`: named features, each a list of bytes, floats or
whole numbers. Files hold gigabytes, so records are found by seeking and read one by one.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from core.datasets.crc32c import masked_crc
from core.errors import DatasetError

Value = list[bytes] | list[int] | list[float]
LENGTH = struct.Struct("<Q4x")
CHECKSUM_BYTES = 4
LARGEST_RECORD = 1 << 30
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def record_offsets(path: Path) -> Iterator[tuple[int, int]]:
    """First byte and length of each record's content."""
    size = path.stat().st_size
    with path.open("rb") as file:
        place = 0
        while place < size:
            file.seek(place)
            head = file.read(LENGTH.size)
            length = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else size
            end = place + LENGTH.size + length + CHECKSUM_BYTES
            if length > LARGEST_RECORD or end > size:
                raise DatasetError(f"{path.name} is cut short or damaged at byte {place}.")
            yield place + LENGTH.size, length
            place = end


def read_record(path: Path, start: int, *, check: bool = True) -> bytes:
    """The content that begins at `start`; its checksum costs more than all the rest."""
    with path.open("rb") as file:
        file.seek(start - LENGTH.size)
        length = LENGTH.unpack(file.read(LENGTH.size))[0]
        content = file.read(min(length, LARGEST_RECORD))
        told = file.read(CHECKSUM_BYTES)
    if len(told) < CHECKSUM_BYTES or (
        check and struct.unpack("<I", told)[0] != masked_crc(content)
    ):
        raise DatasetError(f"The record at byte {start} of {path.name} is damaged.")
    return content


def parse_example(content: bytes) -> dict[str, Value]:
    try:
        features = b"".join(body for field, body in _fields(content) if field == 1)
        entries = (dict(_fields(body)) for field, body in _fields(features) if field == 1)
        return {entry[1].decode(): _value(entry[2]) for entry in entries}
    except (IndexError, KeyError, struct.error, UnicodeDecodeError, ValueError) as fault:
        raise DatasetError(f"This record is no Example: {fault}.") from None


def _value(feature: bytes) -> Value:
    for field, body in _fields(feature):
        if field == 1:
            return [part for one, part in _fields(body) if one == 1]
        if field == 2:
            packed = b"".join(part for one, part in _fields(body) if one == 1)
            return list(struct.unpack(f"<{len(packed) // 4}f", packed))
        if field == 3:
            return _whole_numbers(body)
    return []


def _whole_numbers(body: bytes) -> list[int]:
    numbers = []
    for field, part in _fields(body):
        place = 0
        while field == 1 and place < len(part):
            number, place = _varint(part, place)
            numbers.append(number - (1 << 64) if number >> 63 else number)
    return numbers


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Field numbers with their content; whole numbers are given as they are written."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        kind = key & 7
        start = place
        if kind == BYTES:
            length, start = _varint(message, place)
            place = start + length
        elif kind == VARINT:
            _, place = _varint(message, place)
        elif kind in (FIXED64, FIXED32):
            place += 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"field kind {kind}")
        if place > len(message):
            raise ValueError("a field is cut short")
        yield key >> 3, message[start:place]


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value & (1 << 64) - 1, place
    raise ValueError("a number is too long")
