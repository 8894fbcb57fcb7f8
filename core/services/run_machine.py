"""What a run takes from the machine: memory, processors, and the load of its GPUs.

Only for processes of this machine. Looked at again within half a second it answers alike,
so that many watchers cost as much as one; the driver is asked less often still.
"""

import socket
import threading
import time
from dataclasses import dataclass

import psutil

from core.domain.runs import Process, RunStatus
from core.training import devices
from core.training.devices import Gpu
from core.training.liveness import find

FRESH_SECONDS, GPU_SECONDS = 0.5, 2.0
MOST_KNOWN = 64


@dataclass(frozen=True)
class Taken:
    """`memory` in bytes; `processors` counts full ones, None at the first look."""

    memory: int
    machine_memory: int
    processors: float | None
    machine_processors: int
    gpus: tuple[Gpu, ...] = ()


@dataclass(frozen=True)
class _Look:
    at: float
    process: psutil.Process
    found: Taken


_lock = threading.Lock()
_looks: dict[Process, _Look] = {}
_gpus: tuple[float, list[Gpu]] = (float("-inf"), [])


def taken(status: RunStatus) -> Taken | None:
    """None where the process is gone, or on another machine."""
    worker = status.process
    if worker is None or worker.host != socket.gethostname():
        return None
    with _lock:
        last = _looks.get(worker)
        if last and time.monotonic() - last.at < FRESH_SECONDS:
            return last.found
        process = last.process if last else find(worker)
        if process is None:
            return None
        return _look(worker, process, status, first=last is None)


def _look(
    worker: Process, process: psutil.Process, status: RunStatus, *, first: bool
) -> Taken | None:
    try:
        with process.oneshot():
            share = process.cpu_percent() / 100
            memory = int(process.memory_info().rss)
    except psutil.Error:
        _looks.pop(worker, None)
        return None
    found = Taken(
        memory,
        int(psutil.virtual_memory().total),
        None if first else share,
        psutil.cpu_count() or 1,
        _loads(status),
    )
    _looks[worker] = _Look(time.monotonic(), process, found)
    while len(_looks) > MOST_KNOWN:
        del _looks[next(iter(_looks))]
    return found


def _loads(status: RunStatus) -> tuple[Gpu, ...]:
    global _gpus
    wanted = {name.removeprefix("gpu:") for name in status.devices if name.startswith("gpu:")}
    if not wanted:
        return ()
    if time.monotonic() - _gpus[0] > GPU_SECONDS:
        _gpus = time.monotonic(), devices.gpus()
    return tuple(gpu for gpu in _gpus[1] if str(gpu.index) in wanted)
