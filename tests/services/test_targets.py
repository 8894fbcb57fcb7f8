from pathlib import Path

import pytest

from core.__main__ import main

JUDGE = ["evaluate", "nobody", "--dataset", "nothing"]
ASK = ["predict", "nobody", "nothing.dcm"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*JUDGE, "--html", "nowhere/report.html"], "there is no folder nowhere"),
        ([*JUDGE, "--pdf", "."], "it is a folder"),
        ([*ASK, "--csv", "a" * 300], "File name too long"),
        ([*ASK, "--heatmap", "taken/maps"], "taken is a file"),
        (["phantom", "--patients", "1", "--out", "taken"], "taken is a file"),
        (["export", "nobody", "keras", "--out", "taken/here"], "taken is a file"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_looked_for(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").write_text("of another kind")
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "cannot be written: " in told
    assert said in told


def test_a_table_of_an_unknown_kind_is_refused_before_the_model_is_looked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*JUDGE, "--table", "figures.docx"]) == 2
    assert ".csv, .md, .tex. Received: figures.docx" in capsys.readouterr().err
