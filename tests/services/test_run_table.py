"""A table of runs is cheap, true, and never broken by one bad folder."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.__main__ import main
from core.domain.runs import Process, RunState, RunStatus
from core.errors import ConfigError
from core.services import run_machine, run_notes, run_pace, run_row, run_settings, run_table, runs
from core.services.following import Table
from core.training.devices import Gpu
from core.training.journal import Journal
from core.training.liveness import this_process
from core.training.reporter import Reporter
from core.training.run_folder import RunFolder
from tests.training.fake_runs import row, status, write_run


def test_rows_are_newest_first_with_the_best_epochs_figures(workspace: Path) -> None:
    write_run(workspace, "20260101-100000", title="first")
    write_run(workspace, "20260101-110000", (0.5, 0.9), seed=7)
    newest, oldest = run_table.rows()
    assert (newest.id, newest.seed, newest.name) == ("20260101-110000", 7, "custom_cnn")
    assert oldest.name == "first"
    assert oldest.figures["validation_auc"] == 0.8  # of the third epoch, not of the last
    assert oldest.spark == (0.6, 0.7, 0.8, 0.75)
    assert newest.progress == 1.0


def test_an_unchanged_run_is_not_read_again(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(workspace, "20260101-100000")
    first = run_table.rows()
    monkeypatch.setattr(run_row, "make", lambda _: pytest.fail("read again"))
    assert run_table.rows()[0] is first[0]


def test_a_live_run_is_seen_to_go_on_and_to_end(workspace: Path) -> None:
    folder = write_run(workspace, "20260101-100000", state=RunState.RUNNING)
    (live,) = run_table.rows()
    assert live.state is RunState.RUNNING
    assert live.seconds_left == pytest.approx((10 - 4 - 0.25) * 2.0)
    assert run_table.active([live])
    Journal(folder).epoch(row(5, 0.95))
    folder.write_status(status(RunState.FINISHED, (0.6, 0.7, 0.8, 0.75, 0.95), 10), lasting=False)
    (ended,) = run_table.rows()
    assert ended.figures["validation_auc"] == 0.95
    assert not run_table.active([ended])


def test_a_killed_process_is_seen_though_no_file_changes(workspace: Path) -> None:
    import psutil

    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    folder = write_run(workspace, "20260101-100000", state=RunState.RUNNING)
    process = Process(child.pid, psutil.Process(child.pid).create_time(), this_process().host)
    folder.write_status(replace(folder.written_status(), process=process), lasting=False)
    assert run_table.rows()[0].state is RunState.RUNNING
    child.kill()
    child.wait()
    assert run_table.rows()[0].state is RunState.INTERRUPTED


def test_deleted_runs_disappear(workspace: Path) -> None:
    folder = write_run(workspace, "20260101-100000")
    assert len(run_table.rows()) == 1
    runs.delete(folder.id)
    assert run_table.rows() == []
    assert run_table.row(folder.id) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"training": 3}', '"\\ud800"'])
def test_a_spoilt_configuration_is_a_row_with_a_sentence(workspace: Path, text: str) -> None:
    good, bad = (write_run(workspace, f"20260101-10000{n}") for n in (0, 1))
    bad.config_file.write_text(text)
    rows = {one.id: one for one in run_table.rows()}
    assert rows[good.id].fault == ""
    assert "config" in rows[bad.id].fault or "setting" in rows[bad.id].fault
    assert {item["run"] for item in runs.listing()} == {good.id, bad.id}


def test_a_missing_configuration_is_said_once_the_run_is_not_just_being_made(
    workspace: Path,
) -> None:
    folder = write_run(workspace, "20260101-100000")
    folder.config_file.unlink()
    assert run_table.rows() == []
    os.utime(folder.path, (time.time() - 100,) * 2)
    (found,) = run_table.rows()
    assert "config.json is missing" in found.fault


@pytest.mark.parametrize("text", ["", "epoch,loss\n1,0", "\x00\x01\x02", "epoch\n1\n2\nx\n"])
def test_a_spoilt_history_costs_its_figures_alone(workspace: Path, text: str) -> None:
    folder = write_run(workspace, "20260101-100000")
    folder.history_file.write_text(text)
    (found,) = run_table.rows()
    assert found.fault == ""
    assert found.spark == ()
    assert runs.listing()[0]["run"] == folder.id


def test_ids_are_names_and_never_paths(workspace: Path) -> None:
    folder = write_run(workspace, "20260101-100000")
    for name in ("", ".", "..", "../runs/" + folder.id, str(folder.path), "no-such-run"):
        assert run_table.row(name) is None


def test_search_reads_names_states_tags_and_notes(workspace: Path) -> None:
    folder = write_run(workspace, "20260101-100000", title="Warm start")
    run_notes.tag(folder.path, ["good one"])
    run_notes.set_note(folder.path, "Try a lower rate")
    (found,) = run_table.rows()
    for text in ("warm", "GOOD", "lower rate", "finished custom_cnn", folder.id, ""):
        assert found.says(text)
    assert not found.says("warm failed")


def test_time_at_work_leaves_out_the_queue_and_pauses(workspace: Path) -> None:
    now = time.time()
    once = RunStatus(
        RunState.STOPPED, queued=now - 900, started=now - 60, begun=now - 60, heartbeat=now
    )
    assert once.seconds_worked == pytest.approx(60)
    folder = write_run(workspace, "20260101-100000")
    paused = replace(once, started=now - 5000, begun=now - 5000, heartbeat=now - 4970)
    folder.write_status(replace(paused, state=RunState.QUEUED), lasting=False)
    reporter = Reporter(folder)
    reporter.end(RunState.FINISHED)
    assert folder.status().seconds_worked == pytest.approx(30, abs=2)
    assert run_table.rows()[0].seconds == pytest.approx(30, abs=2)


def test_time_left_follows_the_last_epochs_or_else_the_first_steps() -> None:
    live = RunStatus(RunState.RUNNING, epoch=0, step=10, steps=40, images_per_second=80.0, epochs=5)
    assert run_pace.seconds_left(live, 5, 16, Table()) == pytest.approx(4.75 * 40 * 16 / 80)
    assert run_pace.seconds_left(replace(live, images_per_second=0), 5, 16, Table()) is None
    assert run_pace.seconds_left(replace(live, state=RunState.STOPPED), 5, 16, Table()) is None


def test_what_a_run_takes_is_told_for_processes_of_this_machine() -> None:
    mine = RunStatus(RunState.RUNNING, process=this_process(), devices=("cpu",))
    found = run_machine.taken(mine)
    assert found is not None
    assert 0 < found.memory < found.machine_memory
    assert found.gpus == ()
    elsewhere = Process(1, 0.0, "another-machine")
    assert run_machine.taken(replace(mine, process=elsewhere)) is None
    assert run_machine.taken(replace(mine, process=None)) is None
    assert run_machine.taken(replace(mine, process=Process(2**22 + 1, 0.0, found_host()))) is None


def found_host() -> str:
    return this_process().host


def test_a_runs_own_gpus_are_told_with_their_load(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Gpu(0, "A", 80.0, 1.0, 0.0), Gpu(1, "B", 139.0, 12.5, 0.87)]
    asked: list[int] = []

    def gpus() -> list[Gpu]:
        asked.append(1)
        return found

    monkeypatch.setattr(run_machine.devices, "gpus", gpus)
    monkeypatch.setattr(run_machine, "FRESH_SECONDS", 0.0)
    status = RunStatus(RunState.RUNNING, process=this_process(), devices=("gpu:1",))
    looks = [run_machine.taken(status) for _ in range(3)]
    assert all(look is not None and look.gpus == (found[1],) for look in looks)
    assert len(asked) == 1  # the driver is slow, and all watchers share its answer


def test_only_settings_that_differ_are_named(workspace: Path) -> None:
    write_run(workspace, "20260101-100000", learning_rate=1e-3)
    write_run(workspace, "20260101-100001", learning_rate=1e-4, seed=2)
    settings = [one.settings for one in run_table.rows()]
    assert run_settings.differing(settings) == ["learning_rate", "seed"]
    assert run_settings.differing(settings[:1]) == []
    assert settings[0]["learning_rate"] == "0.0001"
    assert settings[0]["model.name"] == "custom_cnn"
    assert settings[0]["schedule.name"] == "constant"


def test_tags_are_kept_once_and_taken_away_whatever_their_case(tmp_path: Path) -> None:
    run_notes.tag(tmp_path, [" good ", "Good", "to  show"])
    assert run_notes.read(tmp_path).tags == ("good", "to show")
    run_notes.set_note(tmp_path, "A note\nin two lines ")
    run_notes.tag(tmp_path, ["new"], remove=["GOOD"])
    found = run_notes.read(tmp_path)
    assert (found.tags, found.note) == (("to show", "new"), "A note\nin two lines")


@pytest.mark.parametrize("bad", ["", "  ", "a,b", "x" * 41])
def test_a_tag_that_is_none_is_refused_and_changes_nothing(tmp_path: Path, bad: str) -> None:
    run_notes.tag(tmp_path, ["kept"])
    with pytest.raises(ConfigError):
        run_notes.tag(tmp_path, ["other", bad])
    assert run_notes.read(tmp_path).tags == ("kept",)
    with pytest.raises(ConfigError):
        run_notes.set_note(tmp_path, "x" * 4001)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"tags": 3}', '{"tags": [1], "note": 2}'])
def test_spoilt_notes_are_no_notes(tmp_path: Path, text: str) -> None:
    (tmp_path / run_notes.FILE).write_text(text)
    assert run_notes.read(tmp_path).tags == ()
    assert run_notes.tag(tmp_path, ["again"]).tags == ("again",)


def test_two_that_tag_at_once_lose_nothing(tmp_path: Path) -> None:
    def write(name: str) -> None:
        for number in range(8):
            run_notes.tag(tmp_path, [f"{name}{number}"])

    writers = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(run_notes.read(tmp_path).tags) == 16


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["runs", *words]) == 0
    return capsys.readouterr().out


def test_the_command_line_tags_notes_and_finds(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write_run(workspace, "20260101-100000")
    write_run(workspace, "20260102-100000")
    assert "#good" in said(capsys, "--tag", first.id, "good", "to show")
    said(capsys, "--note", first.id, "As published")
    (item,) = json.loads(said(capsys, "--search", "published", "--json"))
    assert (item["run"], item["tags"]) == (first.id, ["good", "to show"])
    said(capsys, "--untag", first.id, "good")
    assert run_notes.read(first.path).tags == ("to show",)
    assert main(["runs", "--tag", first.id]) == 2
    assert main(["runs", "--csv"]) == 2
    assert "--curves" in capsys.readouterr().err


def test_the_command_line_prints_curves(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(workspace, "20260101-100000")
    lines = said(capsys, "--curves", folder.id, "--csv").splitlines()
    assert lines[0] == "run,title,seed,epoch,part,measure,value"
    assert f"{folder.id},,0,3.0,validation,auc,0.8" in lines
    document = json.loads(said(capsys, "--curves", folder.id, "--live", "--json"))
    live = [one["measure"] for one in document if one["part"] == "training, between epochs"]
    assert live == ["loss"] * 4 + ["accuracy"] * 4
    assert main(["runs", "--curves", "no-such-run"]) == 2


def test_remains_are_listed_without_touching_them(workspace: Path) -> None:
    folder = RunFolder(workspace / "runs" / "20260101-100000")
    folder.path.mkdir(parents=True)
    assert run_table.rows() == []
    assert run_table.row(folder.id) is None
