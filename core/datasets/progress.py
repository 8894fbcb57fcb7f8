"""How far a preparation is, in a file that a page reads while another process writes it."""

import json
import os
import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

import psutil

PROGRESS = "progress.json"
SECONDS_BETWEEN_WRITES = 0.5


class PrepareState(StrEnum):
    READING = "reading"
    RUNNING = "running"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    FINISHED = "finished"

    def is_finished(self) -> bool:
        return self not in (PrepareState.READING, PrepareState.RUNNING)


@dataclass(frozen=True)
class Progress:
    """`pid` and `born` together tell a process from a later one with the same number."""

    state: PrepareState
    done: int = 0
    total: int = 0
    quarantined: int = 0
    per_second: float = 0.0
    seconds_left: float | None = None
    message: str = ""
    updated: float = 0.0
    pid: int = 0
    born: float = 0.0

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0


def read_progress(folder: Path) -> Progress | None:
    """None when nothing was ever begun here. A writer that died shows as interrupted."""
    try:
        raw = json.loads((folder / PROGRESS).read_text())
        found = Progress(**{**raw, "state": PrepareState(raw["state"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if found.state.is_finished() or is_alive(found.pid, found.born):
        return found
    message = "The process ended before it was done. Prepare again to go on where it stopped."
    return Progress(**{**raw, "state": PrepareState.INTERRUPTED, "message": message})


def is_alive(pid: int, born: float) -> bool:
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - born) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@dataclass
class ProgressWriter:
    """`begun_at` is what an earlier process had done, which must not count as our speed."""

    folder: Path
    total: int = 0
    begun_at: int = 0
    started: float = field(default_factory=time.monotonic)
    _written: float = 0.0
    _done: int = 0
    _faults: int = 0

    def write(
        self,
        state: PrepareState,
        done: int | None = None,
        quarantined: int | None = None,
        message: str = "",
        *,
        now: bool = True,
    ) -> Progress | None:
        """Without `now`, returns None and writes nothing so soon after the last time.

        Counts that are not given are those of the last time.
        """
        if not now and time.monotonic() - self._written < SECONDS_BETWEEN_WRITES:
            return None
        self._written = time.monotonic()
        self._done = done = self._done if done is None else done
        self._faults = faults = self._faults if quarantined is None else quarantined
        rate = (done - self.begun_at) / max(1e-9, self._written - self.started)
        left = (self.total - done) / rate if rate > 0 else None
        pid = os.getpid()
        progress = Progress(
            state,
            done,
            self.total,
            faults,
            round(rate, 3),
            round(left, 1) if left is not None else None,
            message,
            time.time(),
            pid,
            psutil.Process(pid).create_time(),
        )
        replace_text(self.folder / PROGRESS, json.dumps(asdict(progress)))
        return progress


def replace_text(path: Path, text: str) -> None:
    """A reader sees the old text or the new one, never half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
