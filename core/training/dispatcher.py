"""Starts queued runs as devices become free: `python -m core.training.dispatcher`.

Detached, and alone by a lock; it ends when the queue is empty. Whoever queues a run
starts a dispatcher, which finds the lock taken if one is at work already.
"""

import fcntl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core import paths
from core.domain.runs import RunState, RunStatus
from core.training import processes
from core.training.devices import gpus
from core.training.run_folder import RunFolder, all_runs

LOOK_SECONDS = 0.5
# A worker that has not said a word by then never will.
START_SECONDS = 60.0

LOG = ".dispatcher.log"
LOCK = ".dispatcher.lock"
QUEUE_LOCK = ".queue.lock"


def ensure() -> None:
    """Called after queueing."""
    paths.runs().mkdir(parents=True, exist_ok=True)
    processes.start("core.training.dispatcher", [], paths.runs() / LOG)


def main() -> int:
    while queued():
        with _lock(paths.runs() / LOCK) as mine:
            if not mine:
                return 0
            _serve()
        # A run queued between the last look and the release would wait for ever.
    return 0


def queued() -> list[tuple[RunFolder, RunStatus]]:
    """The first in the queue first."""
    found = [(folder, folder.status()) for folder in all_runs()]
    waiting = [(f, s) for f, s in found if s.state is RunState.QUEUED]
    return sorted(waiting, key=lambda pair: pair[1].queued)


def _serve() -> None:
    starting: dict[str, float] = {}
    while waiting := queued():
        for folder, status in waiting:
            since = starting.get(folder.id)
            if since is None:
                free = free_devices()
                if free and _start(folder, status, free):
                    starting[folder.id] = time.monotonic()
                break
            if time.monotonic() - since > START_SECONDS:
                _give_up(folder, status)
            else:
                break
        time.sleep(LOOK_SECONDS)


def free_devices() -> list[str]:
    """GPUs nobody of ours works on; without GPUs the processor counts as one device."""
    every = [f"gpu:{gpu.index}" for gpu in gpus()] or ["cpu"]
    busy = {
        name
        for folder in all_runs()
        for status in [folder.status()]
        if status.state in (RunState.RUNNING, RunState.STOPPING)
        for name in status.devices
    }
    return [name for name in every if name not in busy]


def _start(folder: RunFolder, status: RunStatus, free: list[str]) -> bool:
    with queue_lock():
        if folder.status().state is not RunState.QUEUED:
            return False
        wanted = max(1, folder.config().gpus)
        if free[0] != "cpu" and len(free) < min(wanted, len(gpus())):
            return False
        chosen = tuple(free[:wanted])
        folder.write_status(replace(status, devices=chosen, doing="Starting"))
    numbers = [name.removeprefix("gpu:") for name in chosen if name.startswith("gpu:")]
    environment = {"CUDA_VISIBLE_DEVICES": ",".join(numbers)} if numbers else {}
    processes.start("core.training.worker", [str(folder.path)], folder.log_file, environment)
    return True


def _give_up(folder: RunFolder, status: RunStatus) -> None:
    reason = "The process could not be started. The log may tell why."
    ended = replace(status, state=RunState.FAILED, reason=reason, doing="", ended=time.time())
    folder.write_status(ended)


@contextmanager
def queue_lock() -> Iterator[None]:
    """Held while a queued run changes hands, so that stopping and starting cannot cross."""
    paths.runs().mkdir(parents=True, exist_ok=True)
    with (paths.runs() / QUEUE_LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _lock(path: Path) -> Iterator[bool]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


if __name__ == "__main__":
    sys.exit(main())
