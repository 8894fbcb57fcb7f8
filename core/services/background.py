"""Commands that take long, as processes of their own which a page only watches.

A job is a folder of the workspace: `job.json` says which commands follow one another,
`progress.json` how far they are, `log.txt` what they said, `result.json` what the last one
answered. It outlives the page, the browser and the server that started it.
"""

import json
import os
import shutil
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from core import paths
from core.datasets.progress import PROGRESS, PrepareState, Progress, read_progress, replace_text
from core.errors import InputError
from core.training import processes

__all__ = ["Errand", "Job", "Progress", "cancel", "forget", "jobs", "latest", "start"]

JOB, RESULT, LOG = "job.json", "result.json", "log.txt"
KEPT = 30


@dataclass(frozen=True)
class Errand:
    """One command of the program, without `python -m core` and `--json`."""

    title: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """`kind` and `about` say what it is for, so that a page finds its own again."""

    id: str
    kind: str
    about: str
    title: str
    errands: tuple[Errand, ...]

    @property
    def folder(self) -> Path:
        return root() / self.id

    @property
    def progress(self) -> Progress:
        found = read_progress(self.folder)
        if found is None:
            return Progress(PrepareState.INTERRUPTED, message="It never began.")
        if found.state is PrepareState.INTERRUPTED:
            return replace(found, message="Its process ended before it was done. Start it again.")
        return found

    @property
    def active(self) -> bool:
        return not self.progress.state.is_finished()

    def result(self) -> Any:
        """What the last command answered; None as long as there is no answer."""
        try:
            return json.loads((self.folder / RESULT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


def root() -> Path:
    return paths.workspace() / "jobs"


def start(kind: str, about: str, title: str, errands: Sequence[Errand]) -> Job:
    """Refused while the same is already going on."""
    running = latest(kind, about)
    if running and running.active:
        raise InputError(f"{running.title} is going on already. Wait for it, or stop it first.")
    _prune()
    job = Job(_new_folder(kind).name, kind, about, title, tuple(errands))
    replace_text(job.folder / JOB, json.dumps(asdict(job)))
    process = processes.start(
        "core.services.job_runner", [str(job.folder.resolve())], job.folder / LOG
    )
    _announce(job, process.pid)
    return job


def _announce(job: Job, pid: int) -> None:
    """Until the new process speaks for itself, which takes a moment."""
    try:
        born = psutil.Process(pid).create_time()
    except psutil.Error:
        return
    if not (job.folder / PROGRESS).exists():
        first = Progress(PrepareState.READING, updated=time.time(), pid=pid, born=born)
        replace_text(job.folder / PROGRESS, json.dumps(asdict(first)))


def _new_folder(kind: str) -> Path:
    """Named by the time, so that names sort."""
    folder = root() / f"{datetime.now():%Y%m%d-%H%M%S-%f}-{kind}"
    folder.mkdir(parents=True)
    return folder


def jobs() -> list[Job]:
    """The newest first."""
    found = (_read(file) for file in sorted(root().glob(f"*/{JOB}"), reverse=True))
    return [job for job in found if job]


def latest(kind: str, about: str) -> Job | None:
    return next((job for job in jobs() if (job.kind, job.about) == (kind, about)), None)


def _read(file: Path) -> Job | None:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        errands = tuple(Errand(one["title"], tuple(one["arguments"])) for one in raw["errands"])
        return Job(file.parent.name, raw["kind"], raw["about"], raw["title"], errands)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def cancel(job: Job) -> None:
    """Asks it to end; what it has done so far is kept by the command at work."""
    found = job.progress
    if not found.state.is_finished():
        os.kill(found.pid, signal.SIGTERM)


def forget(job: Job) -> None:
    if not job.active:
        shutil.rmtree(job.folder, ignore_errors=True)


def _prune() -> None:
    for job in jobs()[KEPT:]:
        forget(job)
