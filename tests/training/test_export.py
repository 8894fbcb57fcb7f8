"""What is taken along answers as before, or is not taken along."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.__main__ import main
from core.domain.training import TrainConfig
from core.errors import InputError, NotFound, RunError
from core.services import export, export_formats
from core.services.export_formats import FORMATS

Configure = Callable[..., TrainConfig]


@pytest.fixture
def trained(configure: Configure, trainer: Any) -> Any:
    return trainer.start(configure(epochs=1, leakage_check=False))


def test_formats_answer_as_the_network_does(trained: Any) -> None:
    for name in ("keras", "saved-model", "litert"):
        made = export.export(trained.folder.id, name)
        assert Path(made.path).exists()
        assert made.difference < 1e-4
        assert made.images == 16
        assert made.compared_on == "images of spots"
        assert made.bytes > 1000
    assert [item.format for item in export.exported(trained.folder.id)] == [
        "keras",
        "saved-model",
        "litert",
    ]
    told = json.loads((export.root(trained.folder.id) / export.ABOUT).read_text())
    assert told["output"]["classes"] == ["benign", "malignant"]
    assert told["input"]["shape"] == [32, 32, 1]


def test_a_file_that_answers_differently_is_not_kept(
    trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = FORMATS["keras"]
    off = replace(honest, ask=lambda path, images: honest.ask(path, images) + 0.01)
    monkeypatch.setitem(export_formats.FORMATS, "keras", off)
    with pytest.raises(RunError, match="would answer differently"):
        export.export(trained.folder.id, "keras")
    broken = replace(honest, ask=lambda path, images: np.full((16, 1), np.nan))
    monkeypatch.setitem(export_formats.FORMATS, "keras", broken)
    with pytest.raises(RunError, match="differ by up to nan"):
        export.export(trained.folder.id, "keras")

    def fail(*_: Any) -> None:
        raise ValueError("no such operation\nand more")

    monkeypatch.setitem(export_formats.FORMATS, "keras", replace(honest, write=fail))
    with pytest.raises(RunError, match=r"no such operation Try another format: saved-model"):
        export.export(trained.folder.id, "keras")
    assert not list(export.root(trained.folder.id).iterdir())


def test_what_cannot_be_exported_is_refused_in_words(
    configure: Configure, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound, match="saved-model"):
        export.export("any", "tarot")
    lacking = replace(FORMATS["onnx"], needs=("no_such_library",))
    monkeypatch.setitem(export_formats.FORMATS, "onnx", lacking)
    with pytest.raises(InputError, match=r"needs no_such_library.*pip install"):
        export.export("any", "onnx")
    assert main(["export", "nothing", "keras"]) == 2


def test_the_formats_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in FORMATS)
