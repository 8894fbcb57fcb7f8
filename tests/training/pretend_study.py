"""A study worker whose runs learn nothing: they write down, epoch by epoch, what they would have.

Run as a script it is a worker process like any other; the tests also use it in their own.
"""

import math
import os
import sys
import threading
import time
from typing import Any

from core.domain.runs import Process, RunState, RunStatus
from core.domain.training import TrainConfig
from core.services import runs, study_worker
from core.training import journal
from core.training.atomic import write_text
from core.training.journal import Journal
from core.training.liveness import this_process
from core.training.run_folder import RunFolder

SECONDS = float(os.environ.get("PRETEND_SECONDS", "0.02"))


def merit(config: TrainConfig) -> float:
    """Best at a learning rate of 0.001 without dropout."""
    return 0.95 - 0.1 * abs(math.log10(config.learning_rate) + 3) - 0.2 * config.model.head.dropout


def start(config: TrainConfig, **asked: Any) -> RunFolder:
    return _set_off(runs.create(config, **asked))


def resume(run: str) -> RunFolder:
    folder = runs.find_run(run)
    folder.stop_file.unlink(missing_ok=True)
    return _set_off(folder)


def _set_off(folder: RunFolder) -> RunFolder:
    _say(folder, RunState.RUNNING)
    threading.Thread(target=_learn, args=(folder,), daemon=True).start()
    return folder


def _say(
    folder: RunFolder, state: RunState, reason: str = "", process: Process | None = None
) -> None:
    me = process or this_process()
    folder.write_status(
        RunStatus(state, reason=reason, process=me, heartbeat=time.time()), lasting=False
    )


def _learn(folder: RunFolder) -> None:
    config = folder.config()
    if config.learning_rate > 0.05:
        _say(folder, RunState.FAILED, "The loss is not a number any more.")
        return
    done = len(journal.read(folder.history_file))
    kept = Journal(folder)
    kept.begin(done, 0)
    for epoch in range(done + 1, config.total_epochs + 1):
        time.sleep(SECONDS)
        value = merit(config) * (1 - 0.5**epoch)
        row = dict.fromkeys(journal.HISTORY, 0.5) | {"epoch": epoch, "validation_auc": value}
        kept.epoch(row)
        if folder.stop_file.exists():
            reason = folder.stop_file.read_text()
            folder.stop_file.unlink()
            _say(folder, RunState.STOPPED, reason)
            return
    write_text(folder.model_file, "")
    _say(folder, RunState.FINISHED)


class _Runs:
    """`core.services.runs` with these two exchanged."""

    start, resume = staticmethod(start), staticmethod(resume)

    def __getattr__(self, name: str) -> Any:
        return getattr(runs, name)


def pretend() -> None:
    study_worker.runs = _Runs()
    study_worker.LOOK_SECONDS = 0.01


if __name__ == "__main__":
    pretend()
    sys.exit(study_worker.main())
