"""A few warm decoding processes, handed out one file at a time and replaced when one is lost."""

import threading
import time
from dataclasses import dataclass

from core.domain.images import Mammogram
from core.errors import Busy, MammolensError
from core.preprocessing.isolated.process import DecodingProcess, Limits, Source


@dataclass(frozen=True)
class PoolStatus:
    size: int
    ready: int
    busy: int
    lost: int  # since the start: files that took a process with them


class Pool:
    """Safe to use from any thread."""

    def __init__(self, size: int, limits: Limits, patience: float = 30.0) -> None:
        """`patience` is how many seconds a file waits for its turn."""
        self._size, self._limits, self._patience = size, limits, patience
        self._changed = threading.Condition()
        self._idle: list[DecodingProcess] = []
        self._hired = 0
        self._lost = 0
        self._closed = False

    def decode(
        self, source: Source, *, working_height: int | None = 1024, voi: bool = True
    ) -> Mammogram:
        """As `core.preprocessing.decoding.decode`, whatever the file does to its decoder."""
        process = self._take()
        try:
            return process.decode(source, working_height, voi)
        finally:
            self._give_back(process)

    def warm(self) -> None:
        """One process ready; returns when it is. Others are started when they are needed."""
        with self._changed:
            if self._hired or self._closed:
                return
            self._hired += 1
        self._hire()

    def status(self) -> PoolStatus:
        with self._changed:
            ready = len(self._idle)
            return PoolStatus(self._size, ready, self._hired - ready, self._lost)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.stop()

    def _take(self) -> DecodingProcess:
        deadline = time.monotonic() + self._patience
        with self._changed:
            while not self._idle and self._hired >= self._size:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise Busy(
                        "Other images are being opened and this one's turn did not come within "
                        f"{self._patience:.0f} seconds. Try again in a moment."
                    )
            if self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.stop()  # ended while it waited: its place is taken by a new one
            else:
                self._hired += 1
        return self._started()

    def _started(self) -> DecodingProcess:
        try:
            return DecodingProcess(self._limits)
        except BaseException:
            self._dismiss()
            raise

    def _give_back(self, process: DecodingProcess) -> None:
        lost = not process.alive
        if not lost and not process.bloated:
            self._ready(process)
            return
        process.stop()
        with self._changed:
            self._lost += lost
        # In the background, so that the person who brought a bad file does not wait for it.
        threading.Thread(target=self._hire, name="hire-decoder", daemon=True).start()

    def _hire(self) -> None:
        try:
            process = self._started()
        except (MammolensError, OSError):
            return  # the next file tries again, and says what is wrong
        self._ready(process)

    def _ready(self, process: DecodingProcess) -> None:
        with self._changed:
            if not self._closed:
                self._idle.append(process)
                self._changed.notify()
                return
        process.stop()

    def _dismiss(self) -> None:
        with self._changed:
            self._hired -= 1
            self._changed.notify()
