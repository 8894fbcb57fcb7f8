"""Worker processes that write patients side by side.

They are started as programs of their own: a process spawned from a page would run
the page again.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread

from core import paths
from core.errors import RunError
from core.phantom.config import PhantomConfig
from core.phantom.shard import Written

Answer = Written | Exception | None


def written_by_workers(
    config: PhantomConfig, out: Path, layout: str, workers: int
) -> Iterator[Written]:
    """Patients as they are finished, in no fixed order."""
    answers: Queue[Answer] = Queue()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(workers):
            share = range(number, config.patients, workers)
            processes.append(_start(config, out, layout, share))
            Thread(target=_listen, args=(processes[-1], answers), daemon=True).start()
        yield from _until_all_are_done(answers, workers)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _until_all_are_done(answers: "Queue[Answer]", running: int) -> Iterator[Written]:
    while running:
        answer = answers.get()
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            running -= 1
        else:
            yield answer


def _start(
    config: PhantomConfig, out: Path, layout: str, indices: range
) -> "subprocess.Popen[bytes]":
    places = [str(paths.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-m", "core.phantom.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
    )
    if process.stdin is not None:
        pickle.dump((config, out, layout, indices), process.stdin)
        process.stdin.close()
    return process


def _listen(process: "subprocess.Popen[bytes]", answers: "Queue[Answer]") -> None:
    if process.stdout is None:
        return
    with process.stdout as told:
        try:
            answer: Answer = pickle.load(told)
            while isinstance(answer, Written):
                answers.put(answer)
                answer = pickle.load(told)
            answers.put(answer)
        except (EOFError, OSError, pickle.UnpicklingError):
            answers.put(
                RunError(
                    "A process that wrote phantom images ended early "
                    f"(exit code {process.wait()}). Nothing in the set is to be trusted: delete "
                    "the folder and write it again, with fewer workers if memory was short."
                )
            )
