"""Jobs are processes of their own: they tell how far they are, can be stopped, and leave a word."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import InputError
from core.services import background
from core.services.background import Errand, Job
from core.services.job_runner import COUNT, Runner


def wait(job: Job, until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, (job.progress, (job.folder / "log.txt").read_text())
        time.sleep(0.05)


def over(job: Job) -> Callable[[], bool]:
    return lambda: not job.active


@pytest.fixture
def start(workspace: Path) -> Callable[..., Job]:
    def begin(*arguments: str, kind: str = "test", about: str = "it") -> Job:
        return background.start(kind, about, "Testing", [Errand("Working", arguments)])

    return begin


def test_a_job_answers_with_the_document_of_its_command(start: Callable[..., Job]) -> None:
    job = start("formats")
    assert job.active
    wait(job, over(job))
    assert job.progress.state == "finished"
    assert "folder" in {item["name"] for item in job.result()}


def test_a_refusal_is_the_job_s_message(start: Callable[..., Job]) -> None:
    job = start("describe", "nowhere")
    wait(job, over(job))
    assert job.progress.state == "failed"
    assert "There is no prepared dataset 'nowhere'" in job.progress.message


def test_a_check_that_finds_faults_has_answered(start: Callable[..., Job], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    job = start("verify", "folder", str(tmp_path / "empty"))
    wait(job, over(job))
    assert job.progress.state == "finished"
    assert job.result()["ok"] is False


def test_a_stopped_job_ends_and_says_so(start: Callable[..., Job], tmp_path: Path) -> None:
    job = start("phantom", "--patients", "500", "--out", str(tmp_path / "many"))
    wait(job, lambda: job.progress.done > 0)
    assert 0 < job.progress.share < 1
    background.cancel(job)
    wait(job, over(job), 20)
    assert job.progress.state == "stopped"
    assert len(list((tmp_path / "many").rglob("*.dcm"))) < 2000


def test_the_same_does_not_go_on_twice(start: Callable[..., Job], tmp_path: Path) -> None:
    job = start("phantom", "--patients", "500", "--out", str(tmp_path / "many"))
    with pytest.raises(InputError, match="going on already"):
        start("formats")
    background.cancel(job)
    wait(job, over(job), 20)


def test_a_job_whose_process_has_vanished_is_interrupted(start: Callable[..., Job]) -> None:
    job = start("formats")
    wait(job, over(job))
    file = job.folder / "progress.json"
    dead = {**json.loads(file.read_text()), "state": "running", "pid": 2**22 - 7}
    file.write_text(json.dumps(dead))
    assert job.progress.state == "interrupted"
    assert not job.active


def test_jobs_are_found_again_by_what_they_are_about(start: Callable[..., Job]) -> None:
    job = start("formats", kind="verify", about="folder /data")
    assert background.latest("verify", "folder /data") == job
    assert background.latest("verify", "another") is None
    wait(job, over(job))
    background.forget(job)
    assert background.jobs() == []


def test_only_so_many_old_jobs_are_kept(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended:
        pid = 2**22 - 7

    monkeypatch.setattr(background, "KEPT", 2)
    monkeypatch.setattr(background.processes, "start", lambda *_: Ended())
    for number in range(4):
        background.start("test", str(number), "Testing", [])
    assert [job.about for job in background.jobs()] == ["3", "2", "1"]


def test_a_damaged_job_is_passed_over(start: Callable[..., Job], workspace: Path) -> None:
    (workspace / "jobs" / "odd").mkdir(parents=True)
    (workspace / "jobs" / "odd" / "job.json").write_text("{")
    assert background.jobs() == []


@pytest.mark.parametrize(
    ("line", "count"),
    [("3/40 images, 1.2 a second", ("3", "40")), ("12 of 40 patients", ("12", "40"))],
)
def test_progress_is_read_from_what_commands_say(line: str, count: tuple[str, str]) -> None:
    found = COUNT.match(line)
    assert found
    assert found.groups() == count


def test_errands_follow_one_another_until_one_fails(workspace: Path) -> None:
    folder = workspace / "jobs" / "x"
    folder.mkdir(parents=True)
    runner = Runner(folder)
    first = Errand("First", ("describe", "nowhere"))
    second = Errand("Second", ("phantom", "--patients", "1", "--out", str(workspace / "made")))
    assert runner.run([first, second]) == 1
    assert not (workspace / "made").exists()
