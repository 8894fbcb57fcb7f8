"""Is the process that works on a run still there? Its pid, start time and machine tell."""

import os
import socket
import time

import psutil

from core.domain.runs import Process

# On another machine only the heartbeat is seen, through a shared disk and its delays.
SILENT_SECONDS = 30.0
CLOCK_STEP = 1.0


def this_process() -> Process:
    return Process(os.getpid(), psutil.Process().create_time(), socket.gethostname())


def is_alive(process: Process | None, heartbeat: float) -> bool:
    if process is None:
        return False
    if process.host != socket.gethostname():
        return time.time() - heartbeat < SILENT_SECONDS
    return find(process) is not None


def find(process: Process) -> psutil.Process | None:
    """The living process itself; one that is dead but not yet buried counts as gone."""
    try:
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.started) < CLOCK_STEP
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None
