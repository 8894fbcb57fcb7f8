"""Every try that is written down can still be asked for."""

import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.reference import Maker
from bench.reference_tries import DATASETS, LESSONS, PRETRAINED, TRIES, Try
from core.__main__ import parser
from core.training import config

EVERY = {**TRIES, **{f"pretrained {name}": one for name, one in PRETRAINED.items()}}


@pytest.mark.parametrize("wanted", EVERY.values(), ids=EVERY)
def test_its_settings_are_settings(wanted: Try) -> None:
    spec = SimpleNamespace(height=640, width=400)
    dataset: Any = SimpleNamespace(
        info=SimpleNamespace(name="d", classes=("negative", "cancer"), spec=spec)
    )
    settings = config.parse(wanted.settings)
    assert config.resolve(dataset, model=wanted.model, settings=settings)
    assert wanted.dataset in DATASETS
    assert wanted.begins_with in {"", "WEIGHTS", *PRETRAINED, *LESSONS}


@pytest.mark.parametrize("name", TRIES)
def test_its_commands_are_commands(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Maker({"RSNA": "/r", "MIAS": "/m", "WEIGHTS": "/w"}, tmp_path, show=True).group(name)
    shown = [line.split(maxsplit=4) for line in capsys.readouterr().err.splitlines()]
    asked = [shlex.split(words) for *_, module, words in shown if module == "core"]
    assert [words[0] for words in asked][-1] == "crossval"
    for words in asked:
        parser(words[0]).parse_args(words)
    assert not list(tmp_path.iterdir())
