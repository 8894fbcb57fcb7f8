"""Streams out of a compound file, the container in which Excel kept its sheets until 2007.

Layout: [MS-CFB]. Only what one stream takes is read; every chain is bounded by the file.
"""

import struct
from collections.abc import Iterator

from core.errors import DatasetError

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
HEADER_SECTORS = 109
LAST_SECTOR = 0xFFFFFFFA  # everything from here on is an end mark of some kind
DIRECTORY_ENTRY = 128


class CompoundFile:
    def __init__(self, content: bytes) -> None:
        if not content.startswith(MAGIC) or len(content) < 512:
            raise DatasetError("This is no Excel file of the .xls kind. Save the table as CSV.")
        self._content = content
        self._sector = 1 << struct.unpack_from("<H", content, 30)[0]
        self._mini_sector = 1 << struct.unpack_from("<H", content, 32)[0]
        first_directory, self._mini_cutoff, first_mini = struct.unpack_from("<I4xII", content, 48)
        self._next = self._allocation_table()
        self._directory = self._read(first_directory, self._next, self._sector, None)
        self._mini_next = self._numbers(self._read(first_mini, self._next, self._sector, None))
        root_start, root_size = struct.unpack_from("<II", self._directory, 116)
        self._mini = self._read(root_start, self._next, self._sector, None)[:root_size]

    def stream(self, *names: str) -> bytes:
        """The content of the first stream with one of these names."""
        for start in range(0, len(self._directory) - DIRECTORY_ENTRY + 1, DIRECTORY_ENTRY):
            entry = self._directory[start : start + DIRECTORY_ENTRY]
            length = struct.unpack_from("<H", entry, 64)[0]
            if entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace") in names:
                first, size = struct.unpack_from("<II", entry, 116)
                return self._content_of(first, size)
        raise DatasetError("There is no workbook in this file. Save the table as CSV.")

    def _content_of(self, first: int, size: int) -> bytes:
        if size >= self._mini_cutoff:
            return self._read(first, self._next, self._sector, None)[:size]
        return self._read(first, self._mini_next, self._mini_sector, self._mini)[:size]

    def _allocation_table(self) -> tuple[int, ...]:
        sectors = list(struct.unpack_from(f"<{HEADER_SECTORS}I", self._content, 76))
        more = struct.unpack_from("<I", self._content, 68)[0]
        for _ in range(len(self._content) // self._sector):
            if more >= LAST_SECTOR:
                break
            *listed, more = self._numbers(self._block(more, self._sector, None))
            sectors += listed
        used = (self._block(one, self._sector, None) for one in sectors if one < LAST_SECTOR)
        return self._numbers(b"".join(used))

    def _read(self, first: int, chain: tuple[int, ...], size: int, inside: bytes | None) -> bytes:
        return b"".join(self._block(one, size, inside) for one in _followed(first, chain))

    def _block(self, number: int, size: int, inside: bytes | None) -> bytes:
        if inside is None:
            return self._content[(number + 1) * size : (number + 2) * size]
        return inside[number * size : (number + 1) * size]

    @staticmethod
    def _numbers(block: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])


def _followed(first: int, chain: tuple[int, ...]) -> Iterator[int]:
    sector = first
    for _ in chain:
        if sector >= len(chain):
            return
        yield sector
        sector = chain[sector]
