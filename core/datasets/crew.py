"""Keeps worker processes busy and hands on their results in order, few of them waiting."""

import pickle
import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.datasets.outcome import Result
from core.datasets.spares import Process, Spares, end, keep_last_words
from core.domain.cases import Case
from core.domain.dataset import PrepareRequest
from core.errors import RunError

Task = tuple[int, Case]  # place of the source in the request, and the case
WAITING_PER_WORKER = 4
FILE_SECONDS = 300.0


class Crashed(Exception):
    """A worker ended, or was ended, before it answered."""


class Worker:
    def __init__(self, request: PrepareRequest, log: Path, process: Process) -> None:
        self._process = process
        self._late = False
        try:
            self._exchange((request, str(log.absolute())))
        except Crashed:
            keep_last_words(process, log)
            self.stop()
            raise RunError(
                f"A worker process could not start. Its last words are in {log}."
            ) from None

    def ask(self, task: Task, seconds: float = FILE_SECONDS) -> Result:
        clock = threading.Timer(seconds, self._give_up)
        clock.start()
        try:
            result: Result = self._exchange(task)
        except Crashed:
            code = self._process.wait()
            ending = f"signal {-code}" if code < 0 else f"exit code {code}"
            why = f"no answer in {seconds:.0f} seconds" if self._late else ending
            raise Crashed(f"The decoder crashed on this file ({why}).") from None
        finally:
            clock.cancel()
        return result

    def _give_up(self) -> None:
        self._late = True
        self._process.kill()

    def _exchange(self, message: object) -> Any:
        tasks, results = self._process.stdin, self._process.stdout
        if tasks is None or results is None:
            raise Crashed
        try:
            pickle.dump(message, tasks, protocol=5)
            tasks.flush()
            return pickle.load(results)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise Crashed from None

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        end(self._process)


class Crew:
    """Use as a context: leaving it ends every worker, whatever they are doing."""

    def __init__(
        self, request: PrepareRequest, workers: int, log: Path, spares: Spares | None = None
    ) -> None:
        self._request, self._log, self._spares = request, log, spares or Spares()
        self._room = threading.Semaphore(workers * WAITING_PER_WORKER)
        self._done: queue.Queue[tuple[int, Result | BaseException]] = queue.Queue()
        self._lock, self._leaving = threading.Lock(), threading.Event()
        self.workers: list[Worker] = []
        self._wanted = workers

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._room.release(1_000)
        with self._lock:
            for worker in self.workers:
                worker.stop()

    def results(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """One result for each task, in the order of the tasks."""
        numbered = iter(enumerate(tasks))
        for _ in range(self._wanted):
            threading.Thread(target=self._keep_busy, args=(numbered,), daemon=True).start()
        early: dict[int, Result] = {}
        for due in range(len(tasks)):
            while due not in early:
                number, result = self._done.get()
                if isinstance(result, BaseException):
                    raise result
                early[number] = result
            yield early.pop(due)
            self._room.release()

    def _keep_busy(self, tasks: Iterator[tuple[int, Task]]) -> None:
        try:
            worker = self._hire()
            while drawn := self._next(tasks):
                number, task = drawn
                try:
                    result = worker.ask(task)
                except Crashed as fault:
                    if self._leaving.is_set():
                        return
                    result = Result(reason=str(fault))
                    worker.stop()
                    worker = self._hire()
                self._done.put((number, result))
        except BaseException as fault:
            self._done.put((-1, fault))

    def _next(self, tasks: Iterator[tuple[int, Task]]) -> tuple[int, Task] | None:
        self._room.acquire()
        with self._lock:
            return None if self._leaving.is_set() else next(tasks, None)

    def _hire(self) -> Worker:
        worker = Worker(self._request, self._log, self._spares.take())
        with self._lock:
            self.workers.append(worker)
            if self._leaving.is_set():
                worker.stop()
        return worker
