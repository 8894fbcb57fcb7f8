"""Runs as processes: queued, killed, found dead, resumed, stopped, and gone on by themselves."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.domain.runs import RunState
from core.domain.training import TrainConfig
from core.services import runs
from core.training import dispatcher
from core.training.run_folder import RunFolder, all_runs

Configure = Callable[..., TrainConfig]
SLOW_STEPS = {"epochs": 400, "checkpoint_seconds": 1.0, "leakage_check": False}


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, [(f.id, f.status()) for f in all_runs()]
        time.sleep(0.1)


def state(folder: RunFolder) -> RunState:
    return folder.status().state


@pytest.fixture
def tidy(workspace: Path) -> Iterator[None]:
    yield
    for folder in all_runs():
        process = folder.written_status().process
        if process and not folder.status().state.is_finished():
            os.kill(process.pid, signal.SIGKILL)


@pytest.mark.slow
def test_a_killed_run_is_found_dead_resumed_and_ends_as_if_nothing_had_been(
    configure: Configure, trainer: object, tidy: None
) -> None:
    config = configure(**{**SLOW_STEPS, "epochs": 150}, optimizer="adamw", learning_rate=1e-4)
    first = runs.start(config)
    second = runs.start(configure(**SLOW_STEPS))
    until(lambda: first.status().epoch >= 2 and first.checkpoint_file.exists())
    assert state(first) is RunState.RUNNING
    assert first.status().devices
    assert state(second) is RunState.QUEUED
    _kill(first)
    until(lambda: state(first) is RunState.INTERRUPTED, seconds=3)
    until(lambda: second.status().epoch >= 1)
    runs.resume(first.id)
    assert state(first) is RunState.QUEUED
    runs.stop(second.id)
    until(lambda: state(second) is RunState.STOPPED)
    assert second.model_file.is_file()
    until(lambda: state(first) is RunState.FINISHED)
    whole = trainer.start(config)
    with np.load(first.checkpoint_file) as one, np.load(whole.folder.checkpoint_file) as other:
        assert set(one.files) == set(other.files)
        for name in one.files:
            np.testing.assert_array_equal(one[name], other[name], err_msg=name)
    assert [row["loss"] for row in runs.history(first)] == [row["loss"] for row in whole.history()]
    until(lambda: not dispatcher.queued())


def _kill(folder: RunFolder) -> None:
    process = folder.status().process
    assert process is not None
    assert os.getsid(process.pid) != os.getsid(0)  # no terminal's end reaches it
    psutil.Process(process.pid).kill()


def test_a_stopped_queue_starts_nothing(configure: Configure, tidy: None) -> None:
    folder = runs.create(configure())
    runs.stop(folder.id)
    assert dispatcher.main() == 0
    assert state(folder) is RunState.STOPPED
    assert not folder.log_file.exists()


def test_a_second_dispatcher_leaves_the_queue_to_the_first(configure: Configure) -> None:
    folder = runs.create(configure())
    with dispatcher._lock(folder.path.parent / dispatcher.LOCK) as mine:
        assert mine
        assert dispatcher.main() == 0
    assert state(folder) is RunState.QUEUED


def test_a_worker_that_never_spoke_makes_the_run_fail(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = runs.create(configure())
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr(dispatcher, "WORKER", "core.training.no_such_module")
    assert dispatcher.main() == 0
    assert state(folder) is RunState.FAILED
    assert "log" in folder.status().reason
    assert "no_such_module" in folder.log_file.read_text()


def test_a_run_on_two_gpus_waits_for_both(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.training.devices import Gpu

    three = [Gpu(number, "test", 80.0) for number in range(3)]
    monkeypatch.setattr(dispatcher, "gpus", lambda: three)
    started: list[tuple[str, str]] = []

    def start(_: str, arguments: list[str], __: Path, environment: dict[str, str]) -> object:
        started.append((Path(arguments[0]).name, environment["CUDA_VISIBLE_DEVICES"]))
        return "a process"

    monkeypatch.setattr(dispatcher.processes, "start", start)
    folder = runs.create(configure(gpus=2))
    status = folder.status()
    assert not dispatcher._start(folder, status, ["gpu:2"])
    assert dispatcher._start(folder, status, ["gpu:1", "gpu:2"])
    assert started == [(folder.id, "1,2")]
