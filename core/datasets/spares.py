"""Worker processes started before it is known what they are to do.

Loading the decoders takes a worker most of its start, and loading tables takes the command as
long: started first of all, they load side by side.
"""

import contextlib
import os
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from core import paths

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)
Process = subprocess.Popen[bytes]


@dataclass
class Spares:
    """Use as a context: leaving it ends those that nobody took."""

    count: int = 0
    waiting: deque[Process] = field(default_factory=deque)

    def __enter__(self) -> "Spares":
        self.waiting.extend(launch() for _ in range(self.count))
        return self

    def __exit__(self, *_: object) -> None:
        while self.waiting:
            end(self.waiting.popleft())

    def take(self) -> Process:
        """One that has been loading for a while, or else a new one."""
        try:
            return self.waiting.popleft()
        except IndexError:
            return launch()


def launch() -> Process:
    """It has a pipe for errors until its first message names the log they are to go to."""
    places = [str(paths.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "core.datasets.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(places)},
    )


def keep_last_words(process: Process, log: Path) -> None:
    process.kill()
    if process.stderr:
        with log.open("ab") as kept:
            kept.write(process.stderr.read())


def end(process: Process) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            if pipe:
                pipe.close()
