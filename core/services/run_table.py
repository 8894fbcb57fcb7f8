"""Every run as a row of a table, cheap enough to ask for every second with hundreds of runs.

A row is made again only when one of the run's files has changed, or when its process may
have died.
"""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from core import paths
from core.domain.runs import RunState
from core.errors import NotFound
from core.services import run_notes, run_row
from core.services.run_row import Mark, RunRow, mark

__all__ = ["RunRow", "active", "made", "row", "rows"]

_TRUSTED_SECONDS = 10.0
_FILES = ("config.json", "state.json", "history.csv", run_notes.FILE)


@dataclass
class _Kept:
    """`folder` changes with every file that is replaced whole, as all are but the journals."""

    row: RunRow
    folder: Mark
    files: tuple[Mark, ...]
    looked: float


_shelf: dict[str, _Kept] = {}
_lock = threading.Lock()


def rows() -> list[RunRow]:
    """The newest first."""
    folders = _folders()
    with _lock:
        found = [_row(folder) for folder in folders]
        present = set(folders)
        for gone in [name for name in _shelf if name not in present]:
            del _shelf[gone]
    return [row for row in found if row is not None]


def row(run_id: str) -> RunRow | None:
    """None where there is no such run; an id is a name, never a path."""
    if not run_id or Path(run_id).name != run_id or run_id.startswith("."):
        return None
    folder = str(paths.runs() / run_id)
    if not Path(folder).is_dir():
        return None
    with _lock:
        return _row(folder)


def made(path: Path) -> RunRow:
    """Read anew from a folder anywhere; refused where it is none of a run."""
    found = run_row.make(path)
    if found is None:
        raise NotFound(f"{path} is not the folder of a run. A run has a config.json.")
    return found


def active(found: list[RunRow]) -> bool:
    """Whether anything goes on or waits, so that looking again is worth it."""
    return any(not one.state.is_finished() for one in found)


def _folders() -> list[str]:
    try:
        with os.scandir(paths.runs()) as entries:
            names = [one.path for one in entries if one.name[0] != "." and one.is_dir()]
    except OSError:
        return []
    return sorted(names, reverse=True)


def _row(folder: str) -> RunRow | None:
    now, outside = time.monotonic(), mark(Path(folder))
    known = _shelf.get(folder)
    # Of a run that has ended, a file edited by hand is noticed a little later.
    trusted = known and now - known.looked < _TRUSTED_SECONDS and known.folder == outside
    if known and trusted and known.row.state.is_finished():
        return known.row
    files = tuple(mark(Path(folder, name)) for name in _FILES)
    if known and known.files == files and not _may_have_died(known.row):
        known.folder, known.looked = outside, now
        return known.row
    made = run_row.make(Path(folder))
    if made is None:
        _shelf.pop(folder, None)
    else:
        _shelf[folder] = _Kept(made, outside, files, now)
    return made


def _may_have_died(known: RunRow) -> bool:
    return known.state in (RunState.RUNNING, RunState.STOPPING)
