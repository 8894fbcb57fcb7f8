"""What a run says of itself while it works: `state.json`, fresh every second."""

import contextlib
import threading
import time
from dataclasses import replace
from typing import Any

from core.domain.runs import Best, RunState, RunStatus
from core.training.liveness import this_process
from core.training.run_folder import RunFolder

BEAT_SECONDS = 1.0
RESERVE, RESERVED_BYTES = ".reserve", 64 * 1024


class Reporter:
    """A thread writes, so that a step of minutes does not look like death."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._done = threading.Event()
        now, said = time.time(), folder.written_status()
        self._status = replace(
            said,
            state=RunState.RUNNING,
            reason="",
            doing="Starting",
            process=this_process(),
            heartbeat=now,
            started=said.started or now,
            begun=now,
            worked=said.seconds_worked,
            ended=0.0,
        )
        self._write(lasting=True)
        self._reserve = folder.path / RESERVE
        with contextlib.suppress(OSError):
            self._reserve.write_bytes(bytes(RESERVED_BYTES))
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    @property
    def status(self) -> RunStatus:
        return self._status

    def say(self, **changes: Any) -> None:
        """Takes effect with the next beat; costs nothing in between."""
        with self._lock:
            self._status = replace(self._status, **changes)

    def note(self, sentence: str) -> None:
        if sentence not in self._status.notes:
            self.say(notes=(*self._status.notes, sentence))

    def best(self, epoch: int, metric: str, value: float) -> None:
        self.say(best=Best(epoch, metric, value))

    def end(self, state: RunState, reason: str = "") -> None:
        self._done.set()
        self._thread.join()
        self.say(state=state, reason=reason, doing="", seconds_left=None, ended=time.time())
        # On a full disk these bytes make the room in which to say that it is full.
        self._reserve.unlink(missing_ok=True)
        self._write(lasting=True)

    def _beat(self) -> None:
        while not self._done.wait(BEAT_SECONDS):
            try:
                self._write(lasting=False)
            except OSError:
                # A full disk may have room again; the run itself will notice if not.
                continue

    def _write(self, *, lasting: bool) -> None:
        with self._lock:
            self._status = replace(self._status, heartbeat=time.time())
            self._folder.write_status(self._status, lasting=lasting)
