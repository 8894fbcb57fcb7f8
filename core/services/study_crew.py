"""Who works at a study: a mark for each process in its folder, and locks that die with it."""

import fcntl
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from core.domain.runs import Process
from core.training.atomic import write_text
from core.training.liveness import is_alive


@dataclass(frozen=True)
class Worker:
    """What a process at a study says of itself; `trial` is None between trials."""

    process: Process
    heartbeat: float
    trial: int | None = None


def announce(place: Path, pid: int) -> None:
    """Until the new process speaks for itself, which takes a moment."""
    try:
        born = psutil.Process(pid).create_time()
    except psutil.Error:
        return
    mark(place, Worker(Process(pid, born, socket.gethostname()), time.time()))


def mark(place: Path, worker: Worker) -> None:
    file = place / f"worker-{worker.process.host}-{worker.process.pid}.json"
    write_text(file, json.dumps(asdict(worker)), lasting=False)


def living(place: Path) -> list[Worker]:
    """Marks of processes that have died are cleared away."""
    found = []
    for file in place.glob("worker-*.json"):
        try:
            raw = json.loads(file.read_text(encoding="utf-8"))
            worker = Worker(Process(**raw["process"]), raw["heartbeat"], raw["trial"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if is_alive(worker.process, worker.heartbeat):
            found.append(worker)
        else:
            file.unlink(missing_ok=True)
    return found


@contextmanager
def held(file: Path, *, patient: bool = True) -> Iterator[bool]:
    """A lock that dies with its process; without patience it may not be had."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
        except OSError:
            yield False
        else:
            yield True
