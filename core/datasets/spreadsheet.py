"""Reads the first sheet of an old Excel file (.xls), as INbreast ships its table.

Layout: [MS-XLS], BIFF8. Numbers, texts and cached formula results are read; formats,
further sheets and all else are passed over.
"""

import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from core.datasets.compound_file import CompoundFile
from core.datasets.tables import Row
from core.errors import DatasetError

BOF, EOF, SST, CONTINUE = 0x0809, 0x000A, 0x00FC, 0x003C
NUMBER, RK, MULRK, LABEL_SST, LABEL = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204
WIDE, EXTENDED, RICH = 0x01, 0x04, 0x08
Records = list[tuple[int, bytes]]
Cells = dict[tuple[int, int], str]


def read_spreadsheet(path: Path) -> Iterator[tuple[int, Row]]:
    """Row number (the heading is row 1) and cells by lower-case heading, stripped."""
    try:
        records = list(_records(CompoundFile(path.read_bytes()).stream("Workbook", "Book")))
        cells = _cells(records)
    except (struct.error, IndexError, OSError) as fault:
        raise DatasetError(f"{path} is a damaged Excel file: {fault}. Save it as CSV.") from None
    names = {column: text.lower() for (row, column), text in cells.items() if row == 0}
    for row in sorted({row for row, _ in cells if row}):
        yield row + 1, {name: cells.get((row, column), "") for column, name in names.items()}


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size


def _cells(records: Records) -> Cells:
    texts = _shared_texts(records)
    starts = [place for place, (kind, _) in enumerate(records) if kind == BOF]
    sheet = records[starts[1] :] if len(starts) > 1 else []
    cells: Cells = {}
    for kind, body in sheet:
        if kind == EOF:
            break
        for place, text in _cell(kind, body, texts):
            cells[place] = text.strip()
    return cells


def _cell(kind: int, body: bytes, texts: list[str]) -> Iterator[tuple[tuple[int, int], str]]:
    if kind not in (NUMBER, RK, MULRK, LABEL_SST, LABEL):
        return
    row, column = struct.unpack_from("<HH", body)
    if kind == LABEL_SST:
        yield (row, column), texts[struct.unpack_from("<I", body, 6)[0]]
    elif kind == NUMBER:
        yield (row, column), _plain(struct.unpack_from("<d", body, 6)[0])
    elif kind == RK:
        yield (row, column), _plain(_rk(struct.unpack_from("<I", body, 6)[0]))
    elif kind == MULRK:
        for offset in range(4, len(body) - 2, 6):
            value = _rk(struct.unpack_from("<I", body, offset + 2)[0])
            yield (row, column + (offset - 4) // 6), _plain(value)
    else:
        yield (row, column), _Texts([body[6:]]).text()


def _rk(bits: int) -> float:
    """A number in 30 bits: a whole one or the top of a double, perhaps in hundredths."""
    whole = bits >> 2 if bits < 1 << 31 else (bits >> 2) - (1 << 30)
    top: float = struct.unpack("<d", struct.pack("<Q", (bits & 0xFFFFFFFC) << 32))[0]
    value = float(whole) if bits & 2 else top
    return value / 100 if bits & 1 else value


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _shared_texts(records: Records) -> list[str]:
    at = next((place for place, (kind, _) in enumerate(records) if kind == SST), None)
    if at is None:
        return []
    end = at + 1
    while end < len(records) and records[end][0] == CONTINUE:
        end += 1
    reader = _Texts([body for _, body in records[at:end]])
    reader.take(4)
    count = struct.unpack("<I", reader.take(4))[0]
    return [reader.text() for _ in range(count)]


class _Texts:
    """Texts that run on over record ends, where the width of a letter is told anew."""

    def __init__(self, blocks: list[bytes]) -> None:
        self._bytes = b"".join(blocks)
        ends = [0]
        for block in blocks:
            ends.append(ends[-1] + len(block))
        self._breaks = {start for start, _ in pairwise(ends) if start}
        self._place = 0

    def take(self, count: int) -> bytes:
        taken = self._bytes[self._place : self._place + count]
        if len(taken) < count:
            raise struct.error("a text is cut short")
        self._place += count
        return taken

    def text(self) -> str:
        length, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & RICH else 0
        extra = struct.unpack("<I", self.take(4))[0] if flags & EXTENDED else 0
        letters = self._letters(length, bool(flags & WIDE))
        self.take(4 * runs + extra)
        return letters

    def _letters(self, length: int, wide: bool) -> str:
        parts = []
        while length:
            if self._place in self._breaks:
                wide = bool(self.take(1)[0] & WIDE)
            until = min((b for b in self._breaks if b > self._place), default=len(self._bytes))
            fit = min(length, (until - self._place) // (2 if wide else 1))
            if not fit:
                raise struct.error("a text is cut short")
            raw = self.take(fit * (2 if wide else 1))
            parts.append(raw.decode("utf-16-le" if wide else "latin-1"))
            length -= fit
        return "".join(parts)
