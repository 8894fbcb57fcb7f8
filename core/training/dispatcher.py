"""Starts queued runs as devices become free: `python -m core.training.dispatcher`.

Detached, and alone by a lock; it ends when the queue is empty and every run it started has
ended, because only who started a process learns how it died. Whoever queues a run starts a
dispatcher, which finds the lock taken if one is at work already.
"""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from core import paths
from core.domain.runs import RunState, RunStatus
from core.errors import MammolensError
from core.training import last_words, processes
from core.training.devices import gpus
from core.training.run_folder import RunFolder, all_runs

LOOK_SECONDS = 0.5

WORKER = "core.training.worker"
LOG = ".dispatcher.log"
LOCK = ".dispatcher.lock"
PROCESSOR = "cpu"
NEVER_SPOKE = "The process could not be started. The log may tell why."
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
    waiting = [(f, s) for f, s in _going_on() if s.state is RunState.QUEUED]
    return sorted(waiting, key=lambda pair: pair[1].queued)


# Which writing of its state ended a run; until it is written again nothing is new.
_ended: dict[str, tuple[int, int]] = {}


def _going_on() -> Iterator[tuple[RunFolder, RunStatus]]:
    """Looked at twice a second, so what has ended is not read again."""
    for folder in all_runs():
        written = _written(folder)
        if _ended.get(str(folder.path)) == written:
            continue
        status = folder.status()
        if status.state.is_finished():
            _ended[str(folder.path)] = written
        yield folder, status


def _written(folder: RunFolder) -> tuple[int, int]:
    """Every writing makes a new file, which tells two within one tick of the clock apart."""
    try:
        found = folder.state_file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


@dataclass(frozen=True)
class _Child:
    folder: RunFolder
    process: "subprocess.Popen[bytes]"


def _serve() -> None:
    """One run at a time is being started; it holds its devices once it says it is running."""
    children: list[_Child] = []
    kills = last_words.memory_kills()
    while (waiting := queued()) or children:
        gone = [child for child in children if child.process.poll() is not None]
        for child in gone:
            _bury(child, kills)
            children.remove(child)
        kills = last_words.memory_kills()
        if waiting and not any(_is_starting(child.folder) for child in children):
            children += _start_next(waiting, free_devices())
        time.sleep(LOOK_SECONDS)


def _is_starting(folder: RunFolder) -> bool:
    status = folder.written_status()
    return status.state is RunState.QUEUED and bool(status.devices)


def _start_next(waiting: list[tuple[RunFolder, RunStatus]], free: list[str]) -> list[_Child]:
    """The first that finds its devices free; what an earlier one waits for is kept for it."""
    left = list(free)
    for folder, status in waiting:
        if choose_devices(folder, left):
            process = _start(folder, status, left)
            return [_Child(folder, process)] if process else []
        awaited = _candidates(folder)
        left = [name for name in left if name not in awaited]
    return []


def free_devices() -> list[str]:
    """Those that none of our runs works on; the processor counts as one device."""
    busy = {
        name
        for _, status in _going_on()
        if status.state in (RunState.RUNNING, RunState.STOPPING)
        for name in status.devices
    }
    return [name for name in (*_gpu_names(), PROCESSOR) if name not in busy]


def choose_devices(folder: RunFolder, free: list[str]) -> tuple[str, ...]:
    """What the run would work on; empty while there is no room."""
    possible = _candidates(folder)
    wanted = min(max(1, _asked(folder)[0]), len(possible))
    found = [name for name in free if name in possible]
    return tuple(found[:wanted]) if len(found) >= wanted else ()


def _candidates(folder: RunFolder) -> list[str]:
    """GPUs that are named but not here are no reason to wait for ever."""
    count, named = _asked(folder)
    every = _gpu_names()
    if count == 0 or not every:
        return [PROCESSOR]
    return [name for name in every if name in named] or every


def _gpu_names() -> list[str]:
    return [f"gpu:{gpu.index}" for gpu in gpus()]


def _asked(folder: RunFolder) -> tuple[int, tuple[str, ...]]:
    try:
        config = folder.config()
        return config.gpus, config.devices
    except MammolensError:
        return 1, ()  # the worker will say what is wrong with it


def _start(
    folder: RunFolder, status: RunStatus, free: list[str]
) -> "subprocess.Popen[bytes] | None":
    """None when there is no room yet, or nothing to start any more."""
    with queue_lock():
        chosen = choose_devices(folder, free)
        if not chosen or folder.status().state is not RunState.QUEUED:
            return None
        folder.write_status(replace(status, devices=chosen, doing="Starting"))
    numbers = [name.removeprefix("gpu:") for name in chosen if name.startswith("gpu:")]
    environment = {"CUDA_VISIBLE_DEVICES": ",".join(numbers)} if numbers else {}
    return processes.start(WORKER, [str(folder.path)], folder.log_file, environment)


def _bury(child: _Child, kills_before: int) -> None:
    """Says how a process ended that could not say so itself."""
    with queue_lock():
        status = child.folder.written_status()
        process = status.process
        if status.state is RunState.QUEUED and status.devices:
            state, reason = RunState.FAILED, NEVER_SPOKE
        elif status.state.is_finished() or not process or process.pid != child.process.pid:
            return
        else:
            code, now = int(child.process.returncode), last_words.memory_kills()
            state, reason = last_words.verdict(code, kills_before, now)
        child.folder.stop_file.unlink(missing_ok=True)
        ended = replace(status, state=state, reason=reason, doing="", seconds_left=None)
        child.folder.write_status(replace(ended, ended=time.time()))


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
