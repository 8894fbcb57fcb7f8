"""Writing a set: the same files whoever writes them, and refusals before anything is written."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main
from core.errors import ConfigError, InputError, NotFound
from core.phantom import PhantomConfig, write_phantom
from core.phantom import crew as crew_module

CONFIG = PhantomConfig(seed=21, patients=5, height=128)


def digest(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_files_do_not_depend_on_the_number_of_workers(tmp_path):
    told: list[tuple[int, int]] = []
    alone = write_phantom(CONFIG, tmp_path / "alone")
    together = write_phantom(
        CONFIG, tmp_path / "together", workers=2, progress=lambda done, of: told.append((done, of))
    )
    assert digest(tmp_path / "alone") == digest(tmp_path / "together")
    assert alone.labels == together.labels
    assert told == [(n, 5) for n in range(1, 6)]


def test_the_same_patient_in_a_larger_set_is_the_same(tmp_path):
    write_phantom(PhantomConfig(seed=21, patients=2, height=128), tmp_path / "small")
    write_phantom(CONFIG, tmp_path / "large")
    small, large = digest(tmp_path / "small"), digest(tmp_path / "large")
    pictures = [name for name in small if name.endswith((".dcm", ".png"))]
    assert pictures
    assert all(small[name] == large[name] for name in pictures)


def test_a_set_for_which_there_is_no_room_is_refused_before_it_is_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(9, 8, 300_000))
    with pytest.raises(InputError, match=r"5 patients needs 0.367 MB .* has 0.3 MB free"):
        write_phantom(CONFIG, tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_summary_counts_what_was_written(tmp_path):
    summary = write_phantom(CONFIG, tmp_path / "set")
    assert summary.images == 20 == len(list((tmp_path / "set").rglob("*.dcm")))
    assert summary.findings == len(list((tmp_path / "set" / "masks").iterdir()))
    assert sum(summary.labels.values()) == 20


def test_a_set_is_marked_synthetic_with_what_it_was_made_from(tmp_path):
    write_phantom(CONFIG, tmp_path / "set")
    mark = json.loads((tmp_path / "set" / "phantom.json").read_text())
    assert mark["synthetic"] is True
    assert mark["config"]["seed"] == 21
    assert "clinical" in mark["notice"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match="new or empty"):
        write_phantom(CONFIG, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_layout_nobody_knows_is_refused(tmp_path):
    with pytest.raises(NotFound, match="Known: cbis-ddsm"):
        write_phantom(CONFIG, tmp_path / "set", "unheard-of")
    assert not (tmp_path / "set").exists()


def test_no_workers_cannot_write(tmp_path):
    with pytest.raises(ConfigError, match="Allowed"):
        write_phantom(CONFIG, tmp_path / "set", workers=0)


def test_a_worker_that_dies_is_reported_and_the_others_are_ended(tmp_path, monkeypatch):
    started = []

    def dying(*_):
        process = subprocess.Popen(
            [sys.executable, "-c", "raise SystemExit(3)"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    monkeypatch.setattr(crew_module, "_start", dying)
    with pytest.raises(crew_module.RunError, match="exit code 3"):
        write_phantom(CONFIG, tmp_path / "set", workers=2)
    assert all(process.poll() is not None for process in started)


def test_what_a_worker_cannot_write_reaches_the_caller(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotADirectoryError):
        list(crew_module.written_by_workers(CONFIG, tmp_path / "file", "folder", 2))


def test_the_command_prints_one_document_and_progress_elsewhere(tmp_path, capsys):
    out = str(tmp_path / "set")
    code = main(
        ["phantom", "--patients", "2", "--out", out, "--height", "96", "--workers", "1", "--json"]
    )
    printed = capsys.readouterr()
    assert code == 0
    assert json.loads(printed.out)["images"] == 8
    assert "2 of 2 patients" in printed.err


def test_the_command_says_in_a_sentence_what_it_wrote(tmp_path, capsys):
    out = str(tmp_path / "set")
    assert main(["phantom", "--patients", "1", "--out", out, "--height", "96"]) == 0
    assert "4 synthetic images of 1 patients" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", [["--patients", "0"], ["--difficulty", "7"], ["--layout", "unheard-of"]]
)
def test_the_command_refuses_nonsense_in_one_line(tmp_path, capsys, wrong):
    arguments = ["phantom", "--patients", "1", "--out", str(tmp_path / "set"), *wrong]
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
