"""The commands about datasets: documents that scripts can rely on, and one clear line if not."""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import pytest

from core.__main__ import main
from core.datasets.prepared import open_prepared
from core.datasets.progress import PrepareState
from core.errors import DatasetError, NotFound
from core.services import datasets
from core.services.commands import prepare

pytestmark = pytest.mark.usefixtures("workspace")


def document(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def prepared(manifest: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    words = ["prepare", "auto", str(manifest), "--name", "mine", "--size", "32", "--workers", "1"]
    return document(capsys, *words, "--task", "cancer")


def test_formats_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    names = {item["name"] for item in document(capsys, "formats")}
    assert {"cbis-ddsm", "mini-mias", "inbreast", "rsna", "mendeley"} <= names
    assert {"ddsm-tfrecord", "npy-pair", "folder", "manifest"} <= names


def test_a_split_that_is_not_there_is_called_one(
    prepared: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    name = prepared["name"]
    for words in (
        ["leakage", name, "--split", "nonsense"],
        ["train", "--dataset", name, "--set", "split=nonsense"],
        ["evaluate", "four-class-phantom", "--dataset", name, "--split", "nonsense"],
    ):
        assert main(words) == 2
        told = capsys.readouterr().err
        assert told.startswith("Dataset 'mine' has no split 'nonsense'. Its splits: default.")
    assert main(["split", "mine", "--name", "not/a name"]) == 2
    assert "'not/a name' cannot be the name of a split" in capsys.readouterr().err


def test_verifying_ends_with_2_when_nothing_could_be_prepared(
    manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert document(capsys, "verify", "manifest", str(manifest)) == {"ok": True, "problems": []}
    (manifest / "manifest.csv").unlink()
    found = document(capsys, "verify", "manifest", str(manifest), code=2)
    assert (found["ok"], found["problems"][0]["fatal"]) == (False, True)
    assert set(found["problems"][0]) == {"file", "row", "message", "fatal"}


def test_preparing_answers_with_what_was_made(prepared: Any) -> None:
    expected = {"name": "mine", "images": 16, "patients": 8, "quarantined": 0}
    assert {key: prepared[key] for key in expected} == expected
    assert prepared["seconds"] > 0


def test_split_leakage_and_shortcuts_go_on_from_there(
    prepared: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made = document(capsys, "split", "mine", "--name", "five", "--folds", "4")
    assert (made["method"], sum(made["images"].values())) == ("folds", 16)
    found = document(capsys, "leakage", "mine", "--split", "five")
    assert (found["groups"], found["across"]) == (0, [])
    tried = document(capsys, "shortcuts", "mine")
    assert {"age", "mean", "maximum", "machine", "size", "source"} <= {
        item["name"] for item in tried["shortcuts"]
    }
    listed = document(capsys, "datasets")
    assert [(item["name"], item["state"]) for item in listed] == [("mine", "finished")]
    assert document(capsys, "datasets", "--delete", "mine") == []


@pytest.mark.parametrize(
    "words",
    [
        ["prepare", "auto", "/nowhere", "--name", "x"],
        ["prepare", "nonsense", ".", "--name", "x"],
        ["prepare", "folder", ".", "--name", "../x"],
        ["prepare", "folder", ".", "--name", "x", "--size", "3"],
        ["prepare", "folder", ".", "--name", "x", "--limit", "0"],
        ["prepare", "folder", ".", "--name", "x", "--view", "above"],
        ["prepare", "folder", ".", "--name", "x", "--task", "guess"],
        ["prepare", "folder", ".", "--name", "x", "--recipe", "none"],
        ["prepare", "folder", ".", "--name", "x", "--spec", "none"],
        ["prepare", "folder", ".", "--name", "x", "--option", "nokey"],
        ["verify", "folder", "/nowhere"],
        ["leakage", "none"],
        ["shortcuts", "none"],
        ["split", "none"],
        ["datasets", "--delete", "none"],
    ],
)
def test_bad_input_is_one_line_and_ends_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_texts_for_people_are_written_without_json(
    prepared: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["datasets"], ["formats"], ["leakage", "mine"], ["shortcuts", "mine"]):
        assert main(words) == 0
    said = capsys.readouterr().out
    assert "Nothing lies on both sides" in said
    assert "mine" in said


def test_a_preparation_of_its_own_process_can_be_watched_and_stopped(manifest: Path) -> None:
    datasets.start_prepare("away", "manifest", str(manifest), "--size", "32", "--task", "cancer")
    end = time.monotonic() + 90
    while (found := datasets.progress("away")) is None or not found.state.is_finished():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert (found.state, found.done) == (PrepareState.FINISHED, 16)
    with pytest.raises(DatasetError, match="nothing to stop"):
        datasets.cancel("away")
    datasets.delete("away")
    with pytest.raises(NotFound):
        datasets.delete("away")


def test_a_split_follows_that_of_another_set_of_the_same_patients(
    manifest: Path, prepared: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["prepare", "manifest", str(manifest), "--name", "whole", "--size", "64", "--seed", "7"]
    document(capsys, *words, "--workers", "1", "--task", "cancer")
    document(capsys, "split", "mine", "--seed", "11", "--name", "first")
    made = document(capsys, "split", "whole", "--like", "mine:first", "--name", "same")
    one, other = open_prepared("mine"), open_prepared("whole")
    parts = dict(zip(one.index["patient_id"], one.split("first"), strict=True))
    assert other.split("same").tolist() == [parts[name] for name in other.index["patient_id"]]
    assert made["method"] == "followed"
    assert "first" in made["notes"][0]


def test_an_option_belongs_to_the_set_it_is_said_after(
    manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["prepare", "manifest", str(manifest), "--add", "manifest", str(manifest)]
    assert main([*words, "--option", "nonsense=1", "--name", "both", "--workers", "1"]) == 2
    assert "nonsense" in capsys.readouterr().err
    args = argparse.ArgumentParser()
    prepare.add_arguments(args)
    said = args.parse_args(
        ["a", "p", "--option", "x=1", "--add", "b", "q", "--option", "y=2", "--name", "n"]
    )
    assert said.option == [(0, "x=1"), (1, "y=2")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed", "-1"], "seed -1"),
        (["--recipe", "e-localise", "--patches", "0"], "Patches of 0"),
        (["--recipe", "e-localise", "--patches", "32", "--margin", "nan"], "margin nan"),
        (["--recipe", "e-localise", "--patches", "32", "--background", "-1"], "background -1"),
        (["--patches", "32"], "no scale"),
    ],
)
def test_a_value_that_cannot_be_used_leaves_nothing_begun(
    words: list[str], said: str, manifest: Path, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prepare", "manifest", str(manifest), "--name", "mine", *words]) == 2
    fault = capsys.readouterr().err
    assert said in fault
    assert len(fault.splitlines()) == 1
    assert not (workspace / "datasets" / "mine").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["split", "mine"],
        ["shortcuts", "mine"],
        ["augment", "mine", "--out", "a.png"],
        ["tune", "rates", "--dataset", "mine", "--recipe", "d-four-class"],
    ],
)
def test_a_negative_seed_is_refused_in_one_line(
    words: list[str], workspace: Path, prepared: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepared["name"] == "mine"
    assert main([*words, "--seed", "-1"]) == 2
    assert "seed -1" in capsys.readouterr().err.splitlines()[-1]
