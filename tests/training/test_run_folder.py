"""What a run's folder tells of a run, whoever looks and whatever became of its process."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.domain.runs import Best, Process, RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import ConfigError, InputError, NotFound, RunError
from core.services import runs
from core.training import journal
from core.training.checkpoint import Checkpoint
from core.training.journal import Journal
from core.training.liveness import is_alive, this_process
from core.training.run_folder import RunFolder, find_run

Configure = Callable[..., TrainConfig]


@pytest.fixture
def folder(configure: Configure) -> RunFolder:
    return runs.create(configure())


def running(process: Process | None = None) -> RunStatus:
    now = time.time()
    return RunStatus(RunState.RUNNING, process=process or this_process(), heartbeat=now)


def test_a_new_run_is_queued_and_tells_what_it_will_do(folder: RunFolder) -> None:
    assert folder.status().state is RunState.QUEUED
    document = folder.document()
    assert document["data"]["images"] == {"train": 48, "validation": 24, "test": 24}
    assert document["data"]["patients"]["train"] == 24
    assert document["versions"]["keras"]
    assert folder.config().dataset == "spots"


def test_runs_of_one_second_have_different_names_that_sort(configure: Configure) -> None:
    made = [runs.create(configure()).id for _ in range(3)]
    assert len(set(made)) == 3
    assert [item["run"] for item in runs.listing()] == sorted(made, reverse=True)


def test_states_that_end_are_told_from_those_that_go_on() -> None:
    ended = {state for state in RunState if state.is_finished()}
    assert ended == {"stopped", "interrupted", "failed", "finished"}
    assert {state for state in RunState if state.can_resume()} == ended - {"finished"}


def test_status_survives_json() -> None:
    status = RunStatus(
        RunState.RUNNING,
        process=this_process(),
        best=Best(3, "validation_auc", 0.7),
        devices=("cpu",),
        notes=("a",),
    )
    assert RunStatus.from_dict(json.loads(json.dumps(status.to_dict()))) == status


def test_a_dead_process_is_seen_at_once(folder: RunFolder) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    import psutil

    me = this_process()
    process = Process(child.pid, psutil.Process(child.pid).create_time(), me.host)
    folder.write_status(running(process))
    assert folder.status().state is RunState.RUNNING
    child.kill()
    for _ in range(100):
        # Not waited for: it is a zombie now, which must not pass for alive.
        if folder.status().state is RunState.INTERRUPTED:
            break
        time.sleep(0.02)
    found = folder.status()
    child.wait()
    assert found.state is RunState.INTERRUPTED
    assert "Resume" in found.reason


def test_another_process_with_the_same_number_is_not_the_run() -> None:
    me = this_process()
    assert is_alive(me, 0)
    assert not is_alive(Process(me.pid, me.started - 100, me.host), time.time())
    assert not is_alive(None, time.time())


def test_on_another_machine_the_heartbeat_decides() -> None:
    elsewhere = Process(1, 0.0, "another-machine")
    assert is_alive(elsewhere, time.time() - 5)
    assert not is_alive(elsewhere, time.time() - 300)


def test_a_running_run_asked_to_stop_is_stopping(folder: RunFolder) -> None:
    folder.write_status(running())
    runs.stop(folder.id)
    assert folder.status().state is RunState.STOPPING


def test_a_waiting_run_is_stopped_at_once_and_an_ended_one_cannot_be(folder: RunFolder) -> None:
    runs.stop(folder.id)
    assert folder.status().state is RunState.STOPPED
    with pytest.raises(InputError, match="stopped already"):
        runs.stop(folder.id)


def test_a_finished_run_cannot_be_resumed(folder: RunFolder) -> None:
    folder.write_status(RunStatus(RunState.FINISHED))
    with pytest.raises(InputError, match="finished"):
        runs.resume(folder.id)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"state": "dancing"}'])
def test_a_spoilt_state_is_interrupted_not_a_crash(folder: RunFolder, text: str) -> None:
    folder.state_file.write_text(text)
    assert folder.status().state is RunState.INTERRUPTED
    assert runs.describe(folder)["state"] == "interrupted"


def test_a_spoilt_configuration_is_one_line_in_the_list(folder: RunFolder) -> None:
    folder.config_file.write_text("{")
    (item,) = runs.listing()
    assert "config.json" in item["reason"]
    with pytest.raises(ConfigError):
        folder.config()


def test_runs_are_found_by_the_beginning_of_their_name(folder: RunFolder) -> None:
    assert find_run(folder.id[:6]).path == folder.path
    assert find_run(str(folder.path)).path == folder.path
    for name in ("nonsense", "", "../.."):
        with pytest.raises(NotFound):
            find_run(name)


def test_deleting_spares_a_run_at_work(folder: RunFolder) -> None:
    folder.write_status(running())
    with pytest.raises(InputError, match="still at work"):
        runs.delete(folder.id)
    folder.write_status(RunStatus(RunState.STOPPED))
    runs.delete(folder.id)
    assert not folder.path.exists()


def test_an_unknown_split_leaves_no_folder_behind(configure: Configure, workspace: Path) -> None:
    with pytest.raises(NotFound, match="no split"):
        runs.create(configure(split="other"))
    assert not list((workspace / "runs").iterdir())


def test_rows_after_the_checkpoint_are_taken_back(folder: RunFolder) -> None:
    written = Journal(folder)
    written.begin(0, 0)
    for epoch in (1, 2, 3):
        written.epoch({"epoch": epoch, "loss": 1 / epoch})
        written.batch({"step": epoch * 10, "loss": 1.0})
    Journal(folder).begin(2, 20)
    assert [row["epoch"] for row in journal.read(folder.history_file)] == ["1", "2"]
    assert [row["step"] for row in journal.read(folder.batches_file)] == ["10", "20"]


def test_a_row_still_being_written_is_not_read(folder: RunFolder) -> None:
    folder.history_file.write_text("epoch,loss\n1,0.5\n2,0.")
    assert journal.read(folder.history_file) == [{"epoch": "1", "loss": "0.5"}]


def test_a_checkpoint_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "checkpoint" / "state.npz"
    arrays = [np.arange(3.0), np.uint32([1, 2])]
    Checkpoint({"a": 1}, arrays, [np.float32(2)], arrays[:1], {"losses": arrays[0]}).save(path)
    found = Checkpoint.load(path)
    assert found.progress == {"a": 1}
    assert [a.dtype.kind for a in found.variables] == ["f", "u"]
    assert found.optimizer[0].shape == ()
    assert set(found.tally) == {"losses"}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        Checkpoint({"a": 2}, arrays, []).save(path)
    assert Checkpoint.load(path).progress == {"a": 1}
    assert [file.name for file in path.parent.iterdir()] == ["state.npz"]


def test_a_spoilt_checkpoint_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(RunError, match="Start it anew"):
        Checkpoint.load(path)
