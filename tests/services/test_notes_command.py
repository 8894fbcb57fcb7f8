"""Notes on cases can be written, listed and taken along without a page."""

import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.datasets.prepared import open_prepared
from core.services import case_notes


def test_a_note_is_written_listed_and_exported(
    phantom_workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = str(open_prepared("small").index["image_id"].iloc[0])
    file = tmp_path / "notes.csv"
    said = ["notes", "small", "--image", image, "--flag", "poor image", "--note", "A fold."]
    assert main([*said, "--csv", str(file), "--json"]) == 0
    (note,) = json.loads(capsys.readouterr().out)["notes"]
    assert (note["image_id"], note["flag"], note["note"]) == (image, "poor image", "A fold.")
    assert "A fold." in file.read_text()
    assert main(["notes", "small", "--image", image]) == 0
    assert case_notes.notes("small") == {}
    assert "Nothing is noted" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--image", "nobody", "--note", "x"], ["--note", "x"]])
def test_a_note_on_no_image_is_refused(
    phantom_workspace: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notes", "small", *wrong]) == 2
    assert capsys.readouterr().err.strip().endswith(".")
