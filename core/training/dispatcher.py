"""Starts queued runs as devices become free: `python -m core.training.dispatcher`.

Detached, and alone by a lock; it ends when the queue is empty. Whoever queues a run
starts a dispatcher, which finds the lock taken if one is at work already.
"""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core import paths
from core.domain.runs import RunState, RunStatus
from core.errors import MammolensError
from core.training import processes
from core.training.devices import gpus
from core.training.run_folder import RunFolder, all_runs

LOOK_SECONDS = 0.5

WORKER = "core.training.worker"
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
    """One run at a time is being started; it holds its devices once it says it is running."""
    starting: tuple[RunFolder, subprocess.Popen[bytes]] | None = None
    while waiting := queued():
        if starting is not None and starting[0].status().state is not RunState.QUEUED:
            starting = None
        if starting is None:
            folder, status = waiting[0]
            process = _start(folder, status, free_devices())
            starting = (folder, process) if process else None
        elif starting[1].poll() is not None:
            _give_up(starting[0])
            starting = None
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


def _start(
    folder: RunFolder, status: RunStatus, free: list[str]
) -> "subprocess.Popen[bytes] | None":
    """None when there is no room yet, or nothing to start any more."""
    with queue_lock():
        wanted = min(max(1, _gpus_wanted(folder)), max(1, len(gpus())))
        if len(free) < wanted or folder.status().state is not RunState.QUEUED:
            return None
        chosen = tuple(free[:wanted])
        folder.write_status(replace(status, devices=chosen, doing="Starting"))
    numbers = [name.removeprefix("gpu:") for name in chosen if name.startswith("gpu:")]
    environment = {"CUDA_VISIBLE_DEVICES": ",".join(numbers)} if numbers else {}
    return processes.start(WORKER, [str(folder.path)], folder.log_file, environment)


def _gpus_wanted(folder: RunFolder) -> int:
    try:
        return folder.config().gpus
    except MammolensError:
        return 1  # the worker will say what is wrong with it


def _give_up(folder: RunFolder) -> None:
    """Its process is gone and has not said a word."""
    with queue_lock():
        status = folder.status()
        if status.state is RunState.QUEUED:
            reason = "The process could not be started. The log may tell why."
            folder.write_status(
                replace(status, state=RunState.FAILED, reason=reason, doing="", ended=time.time())
            )


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
