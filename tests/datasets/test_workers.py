"""Worker processes that crash, hang or cannot start cost one file, or say so."""

import os
import time
from pathlib import Path

import pytest

from core.datasets import crew
from core.datasets.base import open_reader
from core.datasets.crew import Crew
from core.datasets.prepare import prepare_dataset
from core.datasets.spares import Spares
from core.errors import RunError
from tests.datasets.own_sets import request_for

CRASHER = """
import os, time
from core.datasets.formats.manifest import Manifest

class Unlucky(Manifest):
    def pixels(self, case):
        if case.image_id == "i3":
            os.abort()
        if case.image_id == "i5":
            time.sleep(60)
        print("a decoder that talks on standard output")
        return super().pixels(case)

FORMAT = Unlucky
"""


@pytest.fixture
def unlucky(manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The manifest format with a reader that aborts on one image and hangs on another."""
    module = tmp_path / "modules"
    module.mkdir()
    (module / "unlucky.py").write_text(CRASHER)
    start = "import core.datasets.base as b; b.FORMATS.add('unlucky', 'unlucky')\n"
    (module / "sitecustomize.py").write_text(start)
    monkeypatch.setenv("PYTHONPATH", f"{module}{os.pathsep}{Path.cwd()}")
    return manifest


def test_a_crash_or_a_hang_costs_its_own_file_only(
    unlucky: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(crew, "FILE_SECONDS", 4.0)
    monkeypatch.setattr(crew.Worker.ask, "__defaults__", (4.0,))
    request = request_for(unlucky, "unlucky")
    tasks = [(0, case) for case in open_reader("manifest", unlucky).cases()]
    with Crew(request, 2, tmp_path / "log.txt") as team:
        results = list(team.results(tasks))
    assert [bool(result.frames) for result in results] == [n not in (3, 5) for n in range(16)]
    assert "signal 6" in results[3].reason
    assert "no answer in 4 seconds" in results[5].reason


def test_workers_that_cannot_start_are_a_fault_and_no_quarantine(
    manifest: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(RunError, match="could not start"):
        prepare_dataset(request_for(manifest), workers=1)


def test_leaving_early_ends_every_worker(manifest: Path, tmp_path: Path) -> None:
    tasks = [(0, case) for case in open_reader("manifest", manifest).cases()]
    with Crew(request_for(manifest), 2, tmp_path / "log.txt") as team:
        next(team.results(tasks))
    end = time.monotonic() + 10
    while any(worker.alive for worker in team.workers) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(worker.alive for worker in team.workers)


def test_a_worker_loads_neither_tensorflow_nor_pandas() -> None:
    import subprocess
    import sys

    code = "import sys, core.datasets.worker; print([m for m in sys.modules if m in "
    code += "('tensorflow', 'keras', 'pandas', 'streamlit', 'torch', 'jax')])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_last_words_of_a_worker_that_cannot_start_are_kept(
    manifest: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('no decoder today')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(RunError, match="could not start") as caught:
        prepare_dataset(request_for(manifest), workers=1)
    log = Path(str(caught.value).split(" are in ")[-1].rstrip("."))
    assert "no decoder today" in log.read_text()


def test_spares_are_taken_first_and_ended_when_nobody_takes_them(
    manifest: Path, tmp_path: Path
) -> None:
    tasks = [(0, case) for case in open_reader("manifest", manifest).cases()][:4]
    with Spares(2) as spares:
        first, second = list(spares.waiting)
        with Crew(request_for(manifest), 1, tmp_path / "log.txt", spares) as team:
            assert all(result.frames for result in team.results(tasks))
            assert list(spares.waiting) == [second]
            assert first.poll() is None
    assert first.poll() is not None
    assert second.poll() is not None
