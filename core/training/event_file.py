"""Curves as TensorBoard reads them, written without TensorFlow: records of a small message.

The format is that of TFRecord files; a message holds a time, a step and named numbers.
https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
"""

import os
import socket
import struct
import time
from collections.abc import Mapping
from pathlib import Path

from core.datasets.crc32c import masked_crc

_DOUBLE, _BYTES, _FLOAT, _NUMBER = 1, 2, 5, 0  # how a field is written


class EventFile:
    """A new file each time; where an earlier one went further, TensorBoard drops its rest."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # Resuming within a second must not open the file of before.
        name = f"events.out.tfevents.{time.time_ns() // 10**6}.{socket.gethostname()}.{os.getpid()}"
        self._path = folder / name
        self._append(_field(3, _BYTES, b"brain.Event:2"))

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        summary = b"".join(
            _field(1, _BYTES, _field(1, _BYTES, name.encode()) + _field(2, _FLOAT, value))
            for name, value in values.items()
            if value == value
        )
        self._append(_field(2, _NUMBER, step) + _field(5, _BYTES, summary))

    def _append(self, content: bytes) -> None:
        event = _field(1, _DOUBLE, time.time()) + content
        length = struct.pack("<Q", len(event))
        with self._path.open("ab") as file:
            file.write(length + _crc(length) + event + _crc(event))


def _crc(content: bytes) -> bytes:
    return struct.pack("<I", masked_crc(content))


def _field(number: int, kind: int, value: bytes | float) -> bytes:
    key = _varint(number << 3 | kind)
    if isinstance(value, bytes):
        return key + _varint(len(value)) + value
    if kind == _NUMBER:
        return key + _varint(int(value))
    return key + struct.pack("<d" if kind == _DOUBLE else "<f", value)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
