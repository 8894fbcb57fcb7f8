"""Reads the tables publishers ship: any separator, any line end, cells that hold a newline.

Rows are streamed, so that a table of a million rows costs the memory of one.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from core.datasets.base import Problem
from core.errors import DatasetError

SEPARATORS = ",;\t|"
Row = dict[str, str]


def read_table(path: Path) -> Iterator[tuple[int, Row]]:
    """Row number (the heading is row 1) and cells by lower-case heading, stripped."""
    with _open(path) as file:
        heading = file.readline()
        separator = max(SEPARATORS, key=heading.count)
        file.seek(0)
        rows = csv.reader(file, delimiter=separator)
        try:
            names = [name.strip().lower() for name in next(rows, [])]
            for number, cells in enumerate(rows, start=2):
                if any(cells):
                    yield number, dict(zip(names, map(str.strip, cells), strict=False))
        except csv.Error as fault:
            raise DatasetError(f"{path} is not a table of text: {fault}.") from None


def _open(path: Path) -> TextIO:
    """Spreadsheets save in UTF-8 or, on older Windows, in its Western code page."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            with path.open(encoding=encoding) as probe:
                for _ in iter(lambda: probe.read(1 << 20), ""):
                    pass
        except UnicodeDecodeError:
            continue
        except OSError as fault:
            raise DatasetError(f"{path} cannot be read: {fault.strerror}.") from None
        return path.open(encoding=encoding, newline="")
    raise DatasetError(f"{path} is not a table of text. Save it as CSV in UTF-8.")


def headings(path: Path) -> list[str]:
    with _open(path) as file:
        heading = file.readline()
        separator = max(SEPARATORS, key=heading.count)
        file.seek(0)
        first = next(csv.reader(file, delimiter=separator), [])
    return [name.strip().lower() for name in first]


def missing_columns(path: Path, needed: Iterable[str]) -> Iterator[Problem]:
    present = headings(path)
    for name in needed:
        if name not in present:
            found = ", ".join(present[:20]) or "none"
            message = f"The column {name!r} is missing. Found: {found}. Add it to the table."
            yield Problem(path.name, 1, message, fatal=True)
