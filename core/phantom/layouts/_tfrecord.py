"""TFRecord files without TensorFlow: the framing, and the one message they hold.

A record is its length, a checksum of the length, the bytes, and a checksum of the
bytes. The bytes are a `tf.train.Example` in protocol buffers' wire format.
"""

import struct
from collections.abc import Mapping

from core.datasets.crc32c import masked_crc

LENGTH_DELIMITED = 2


def framed(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    head = length + struct.pack("<I", masked_crc(length))
    return head + content + struct.pack("<I", masked_crc(content))


def example(features: Mapping[str, bytes | int]) -> bytes:
    entries = (
        _field(1, _field(1, name.encode()) + _field(2, _feature(value)))
        for name, value in features.items()
    )
    return _field(1, b"".join(entries))


def _feature(value: bytes | int) -> bytes:
    """A list of one: of bytes in field 1, or of packed whole numbers in field 3."""
    if isinstance(value, bytes):
        return _field(1, _field(1, value))
    return _field(3, _field(1, _varint(value)))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | LENGTH_DELIMITED) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
