"""What people write about a run: tags to find it by, and a note. Kept in the run's folder.

Two servers may write at once: a lock orders them, and the file is whole or not there.
"""

import fcntl
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import ConfigError
from core.training.atomic import write_text

FILE, LOCK = "notes.json", ".notes.lock"
LONGEST_TAG, MOST_TAGS, LONGEST_NOTE = 40, 20, 4000


@dataclass(frozen=True)
class RunNotes:
    tags: tuple[str, ...] = ()
    note: str = ""
    changed: float = 0.0


def read(folder: Path) -> RunNotes:
    """Nothing where nothing was written, and where what was written cannot be read."""
    try:
        raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
        tags = tuple(tag for tag in raw["tags"] if isinstance(tag, str))
        return RunNotes(tags, str(raw["note"]), float(raw["changed"]))
    except (OSError, ValueError, KeyError, TypeError):
        return RunNotes()


def tag(folder: Path, add: Iterable[str] = (), remove: Iterable[str] = ()) -> RunNotes:
    """Adds and takes away, whatever others have done to the tags meanwhile."""
    gone = {_clean(one).casefold() for one in remove}
    with _alone(folder):
        known = read(folder)
        kept = [one for one in known.tags if one.casefold() not in gone]
        return _write(folder, (*kept, *add), known.note)


def set_note(folder: Path, note: str) -> RunNotes:
    if len(note) > LONGEST_NOTE:
        raise ConfigError(
            f"A note has at most {LONGEST_NOTE:,} characters. Received: {len(note):,}."
        )
    with _alone(folder):
        return _write(folder, read(folder).tags, note.strip())


def _write(folder: Path, tags: Iterable[str], note: str) -> RunNotes:
    notes = RunNotes(_each_once(tags), note, time.time())
    write_text(folder / FILE, json.dumps(asdict(notes), ensure_ascii=False, indent=2))
    return notes


def _each_once(tags: Iterable[str]) -> tuple[str, ...]:
    """Written in one way or another, a tag is the same."""
    kept: dict[str, str] = {}
    for one in tags:
        clean = _clean(one)
        kept.setdefault(clean.casefold(), clean)
    if len(kept) > MOST_TAGS:
        raise ConfigError(f"A run has at most {MOST_TAGS} tags. Received: {len(kept)}.")
    return tuple(kept.values())


def _clean(text: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > LONGEST_TAG or "," in clean:
        raise ConfigError(
            f"A tag is a word or a few, at most {LONGEST_TAG} characters, without commas. "
            f"Received: {text!r}."
        )
    return clean


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
