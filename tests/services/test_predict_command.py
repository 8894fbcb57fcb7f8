"""`predict` takes files, folders and zips, and says of each what came of it."""

import csv
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.__main__ import main
from core.errors import ImageError
from core.services import decoding
from core.services.commands import predict
from core.services.worklist_row import Row

MODEL = "four-class-phantom"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> list[dict[str, Any]]:
    """What the model was asked; it answers at once."""
    heard: list[dict[str, Any]] = []

    def ask(source: Path | bytes, model: str, **wanted: Any) -> SimpleNamespace:
        heard.append({"model": model, **wanted})
        data = source.read_bytes() if isinstance(source, Path) else source
        if data == b"broken":
            raise ImageError("The file is damaged. Export it once more.")
        return SimpleNamespace(to_document=lambda: {"label": "normal"}, heatmap=None)

    monkeypatch.setattr(predict.questions, "ask", ask)
    monkeypatch.setattr(decoding, "warm_up", lambda: None)
    return heard


def test_files_folders_and_zips_are_answered_in_their_order(
    asked: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.dcm").write_bytes(b"image")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as opened:
        opened.writestr("../c.dcm", b"broken")
    assert main(["predict", MODEL, str(folder), str(tmp_path / "b.zip"), "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == {"file": str(folder / "a.dcm"), "label": "normal", "heatmap": None}
    assert second["file"] == f"{tmp_path}/b.zip/../c.dcm"
    assert second["error"]["code"] == "unreadable-image"


def test_a_question_that_makes_no_sense_is_refused_before_a_file_is_opened(
    asked: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for flag, said in (("--method", "grad-cam"), ("--target", "malignant")):
        assert main(["predict", MODEL, str(tmp_path / "a.dcm"), flag, "none-such"]) == 2
        assert said in capsys.readouterr().err
    assert asked == []


def test_a_table_is_written_beside_the_document(
    asked: list[dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        predict, "answered", lambda item, _: Row(item.name, item, "normal", suspicion=0.25)
    )
    for name, data in (("a.dcm", b"broken"), ("b.dcm", b"image")):
        (tmp_path / name).write_bytes(data)
    files, table = [str(tmp_path / "a.dcm"), str(tmp_path / "b.dcm")], tmp_path / "table.csv"
    assert main(["predict", MODEL, *files, "--csv", str(table), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2
    first, second = csv.DictReader(table.read_text().splitlines())
    assert (first["file"], first["answer"], first["suspicion"]) == (files[1], "normal", "0.250000")
    assert (second["file"], second["fitness"]) == (files[0], "unreadable")


def test_the_method_is_passed_on(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(b"image")
    maps = str(tmp_path / "maps")
    chosen = ["--heatmap", maps, "--method", "hires-cam"]
    assert main(["predict", MODEL, str(tmp_path / "a.dcm"), *chosen, "--json"]) == 0
    assert asked[0]["method"] == "hires-cam"
    assert asked[0]["heatmap"] is True
