"""Ends the process of a run that does not answer a polite request, or at once when asked to."""

import signal
import time
from contextlib import suppress
from dataclasses import replace

import psutil

from core.domain.runs import RunState
from core.errors import InputError
from core.training import dispatcher
from core.training.liveness import find
from core.training.run_folder import RunFolder, find_run

# After a polite request a step may take this long; then the process is ended.
PATIENCE_SECONDS = 120.0
END_SECONDS = 10.0


def if_deaf(name: str, patience: float = PATIENCE_SECONDS) -> bool:
    """Ends the process of a run that was asked to stop this long ago and has not."""
    folder = find_run(name)
    if folder.status().state is not RunState.STOPPING:
        return False
    if time.time() - folder.stop_file.stat().st_mtime < patience:
        return False
    return _end(folder)


def now(name: str) -> RunFolder:
    """Ends the process at once; what came after the last checkpoint is lost."""
    folder = find_run(name)
    if folder.status().state not in (RunState.RUNNING, RunState.STOPPING):
        raise InputError(f"Run {folder.id} is {folder.status().state}, so nothing can be ended.")
    if not _end(folder):
        raise InputError(
            f"Run {folder.id} works on another machine. Stop it politely, or end it there."
        )
    return folder


def _end(folder: RunFolder) -> bool:
    with dispatcher.queue_lock():
        status = folder.written_status()
        process = find(status.process) if status.process else None
        if process is None or status.state.is_finished():
            return False
        process.send_signal(signal.SIGKILL)
        with suppress(psutil.TimeoutExpired):
            process.wait(END_SECONDS)
        folder.stop_file.unlink(missing_ok=True)
        folder.write_status(
            replace(
                status,
                state=RunState.STOPPED,
                reason="Ended by force on request. Resuming goes on from its last checkpoint.",
                doing="",
                seconds_left=None,
                ended=time.time(),
            )
        )
    return True
