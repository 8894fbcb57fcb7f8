"""Work of some seconds or minutes behind a page, in this process: it needs a model in memory.

The page starts it, looks how far it is, and may stop it; it never waits for it.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from core.errors import MammolensError

T = TypeVar("T")
_log = logging.getLogger("mammolens.tasks")
# Without anybody looking for this long, the page has been closed.
FORGOTTEN = 600.0


class Stopped(MammolensError):
    code = "stopped"


class Task(Generic[T]):
    """`work` is given the task, tells it how far it is, and is ended by that call when stopped."""

    def __init__(self, title: str, work: "Callable[[Task[T]], T]") -> None:
        self.title, self._work = title, work
        self.share, self.text = 0.0, ""
        self.value: T | None = None
        self.fault: MammolensError | None = None
        self.started = time.monotonic()
        self._seen = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"task-{title}", daemon=True)

    def start(self) -> "Task[T]":
        self._thread.start()
        return self

    @property
    def going(self) -> bool:
        """Asking keeps it alive."""
        self._seen = time.monotonic()
        return self._thread.is_alive()

    @property
    def at_work(self) -> bool:
        """Asked by who only counts what is going on."""
        return self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is over."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def say(self, share: float, text: str = "") -> None:
        """Called by the work; raises Stopped where it is no longer wanted."""
        self.share, self.text = share, text or self.text
        if time.monotonic() - self._seen > FORGOTTEN:
            self._stop.set()
        if self._stop.is_set():
            raise Stopped(f"{self.title} was stopped.")

    def _run(self) -> None:
        try:
            self.value = self._work(self)
        except MammolensError as fault:
            self.fault = fault
        except Exception:
            _log.exception("A task failed")
            self.fault = MammolensError(
                f"{self.title} failed inside Mammolens. The details are in the server's log."
            )
