"""The process behind a job: runs its commands in turn and writes down how far they are.

Started as `python -m core.services.job_runner FOLDER`. Commands tell their progress on
standard error as `3/40` or `3 of 40`, as they do for a person at a terminal.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from core import paths
from core.datasets.progress import PrepareState, ProgressWriter
from core.services.background import JOB, RESULT, Errand

COUNT = re.compile(r"(\d+) ?(?:/|of) ?(\d+)\b")
LAST_WORDS_SECONDS = 2.0
STOPPED_MESSAGE = "Stopped. What was done until then is kept."


class Runner:
    def __init__(self, folder: Path) -> None:
        self.folder, self.writer = folder, ProgressWriter(folder)
        self.stopping = threading.Event()
        self.child: subprocess.Popen[str] | None = None
        self.last, self.done = "", 0
        # Whoever listens to a command must not speak after the command's end has been told.
        self.speaking, self.listening = threading.Lock(), True

    def stop(self, *_: object) -> None:
        self.stopping.set()
        if self.child:
            self.child.terminate()

    def run(self, errands: Iterable[Errand]) -> int:
        for errand in errands:
            if self.stopping.is_set() or not self._one(errand):
                return self._ended()
        self.writer.write(PrepareState.FINISHED, self.writer.total)
        return 0

    def _ended(self) -> int:
        if self.stopping.is_set():
            self.writer.write(PrepareState.STOPPED, self.done, message=STOPPED_MESSAGE)
        else:
            message = self.last or "The command ended without a word."
            self.writer.write(PrepareState.FAILED, self.done, message=message)
        return 1

    def _one(self, errand: Errand) -> bool:
        self.writer.total, self.writer.started, self.done = 0, time.monotonic(), 0
        self.writer.write(PrepareState.RUNNING, message=errand.title)
        with (self.folder / RESULT).open("wb") as answer:
            child = subprocess.Popen(
                [sys.executable, "-m", "core", *errand.arguments, "--json"],
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                cwd=paths.ROOT,
            )
        self.child, self.listening = child, True
        if self.stopping.is_set():
            child.terminate()
        # Not until the pipe's end, which processes of the command's own may hold open.
        ear = threading.Thread(target=self._listen, args=(child, errand.title), daemon=True)
        ear.start()
        code = child.wait()
        ear.join(LAST_WORDS_SECONDS)
        with self.speaking:
            self.listening = False
        # A check that finds faults ends with 2 and yet has answered.
        return code == 0 or (code == 2 and self._answered())

    def _listen(self, child: "subprocess.Popen[str]", title: str) -> None:
        assert child.stderr is not None
        with child.stderr as words:
            for line in words:
                said = line.strip()
                count = COUNT.match(said)
                if count:
                    self._tell(int(count[1]), int(count[2]), title)
                elif said:
                    self.last = said
                    print(said, file=sys.stderr, flush=True)

    def _tell(self, done: int, total: int, title: str) -> None:
        if not self.writer.total:
            self.writer.total, self.writer.begun_at = total, done
            self.writer.started = time.monotonic()
        self.done = done
        with self.speaking:
            if self.listening:
                self.writer.write(PrepareState.RUNNING, done, message=title, now=done == total)

    def _answered(self) -> bool:
        try:
            json.loads((self.folder / RESULT).read_text(encoding="utf-8"))
        except ValueError:
            return False
        return True


def main() -> int:
    folder = Path(sys.argv[1])
    raw = json.loads((folder / JOB).read_text(encoding="utf-8"))
    errands = [Errand(one["title"], tuple(one["arguments"])) for one in raw["errands"]]
    runner = Runner(folder)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, runner.stop)
    os.environ["PYTHONUNBUFFERED"] = "1"
    return runner.run(errands)


if __name__ == "__main__":
    sys.exit(main())
