"""Worker processes that write patients side by side.

They are started as programs of their own: a process spawned from a page would run
the page again.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

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
    processes = [
        _start(config, out, layout, range(n, config.patients, workers)) for n in range(workers)
    ]
    try:
        with ThreadPoolExecutor(workers) as pool:
            for process in processes:
                pool.submit(_listen, process, answers)
            running = workers
            while running:
                answer = answers.get()
                if isinstance(answer, Exception):
                    raise answer
                if answer is None:
                    running -= 1
                else:
                    yield answer
    finally:
        for process in processes:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


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
    try:
        while process.stdout is not None:
            answer: Answer = pickle.load(process.stdout)
            answers.put(answer)
            if not isinstance(answer, Written):
                return
    except (EOFError, OSError, pickle.UnpicklingError):
        answers.put(
            RunError(
                f"A process that wrote phantom images ended early (exit code {process.wait()}). "
                "Nothing in the set is to be trusted; delete the folder and write it again, "
                "with fewer workers if memory was short."
            )
        )
