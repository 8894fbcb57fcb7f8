"""What people thought of answers and heatmaps, kept in one small database of the workspace.

Nothing of an image is kept but a hash, by which the same image is told again. Several
servers and people may write at once: each opinion is one short transaction, and waits
for its turn.
"""

import csv
import hashlib
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import paths
from core.domain.images import Mammogram
from core.errors import InputError, RunError

WAIT = 30.0  # seconds for another writer to finish
LONGEST = 2000
SCALE = range(1, 6)


@dataclass(frozen=True)
class Opinion:
    """Ratings go from 1 (useless) to 5 (very helpful); None where none was given."""

    image: str
    model: str
    label: str
    probability: float
    method: str = ""
    target: str = ""
    heatmap_rating: int | None = None
    result_rating: int | None = None
    doubtful: bool = False
    reasons: str = ""  # why it was flagged without anybody asking
    comment: str = ""
    sample: str = ""  # the sample case, where it was one
    session: str = ""  # tells two visitors apart, and nothing else of them


_COLUMNS = [field.name for field in fields(Opinion)]


def image_hash(mammogram: Mammogram) -> str:
    return hashlib.sha256(mammogram.pixels.tobytes()).hexdigest()[:32]


def file() -> Path:
    return paths.workspace() / "feedback.sqlite"


def add(opinion: Opinion) -> None:
    for name in ("heatmap_rating", "result_rating"):
        value = getattr(opinion, name)
        if value is not None and value not in SCALE:
            raise InputError(f"A rating is a whole number from 1 to 5. Received: {value!r}.")
    if len(opinion.comment) > LONGEST:
        raise InputError(
            f"A comment has at most {LONGEST:,} letters. Received: {len(opinion.comment):,}."
        )
    values = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(opinion)}
    marks = ", ".join(f":{name}" for name in values)
    with _open() as database:
        database.execute(f"INSERT INTO opinions ({', '.join(values)}) VALUES ({marks})", values)


def every() -> list[dict[str, Any]]:
    """The oldest first."""
    if not file().is_file():
        return []
    with _open() as database:
        rows = database.execute(f"SELECT id, at, {', '.join(_COLUMNS)} FROM opinions ORDER BY id")
        return [{**dict(row), "doubtful": bool(row["doubtful"])} for row in rows]


def as_csv() -> str:
    out = io.StringIO()
    table = csv.DictWriter(out, ["id", "at", *_COLUMNS])
    table.writeheader()
    for row in every():
        table.writerow({**row, "comment": _plain(row["comment"])})
    return out.getvalue()


def _plain(text: str) -> str:
    """A spreadsheet takes what begins like a formula for one."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


@contextmanager
def _open() -> Iterator[sqlite3.Connection]:
    file().parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(file(), timeout=WAIT)) as database, database:
            database.row_factory = sqlite3.Row
            kinds = ", ".join(f"{name} {_kind(name)}" for name in _COLUMNS)
            database.execute(
                f"CREATE TABLE IF NOT EXISTS opinions (id INTEGER PRIMARY KEY, at TEXT, {kinds})"
            )
            yield database
    except sqlite3.Error as fault:
        raise RunError(
            f"The feedback cannot be kept or read: {fault}. Check that there is room on the disk "
            f"and that {file().name} in the workspace is not damaged."
        ) from None


def _kind(name: str) -> str:
    whole = name in ("heatmap_rating", "result_rating", "doubtful")
    return "INTEGER" if whole else "REAL" if name == "probability" else "TEXT"
