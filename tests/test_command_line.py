"""One clear line for bad input, one document for scripts, and a quick start for all of it."""

import argparse
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import COMMANDS, main, module

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", COMMANDS.names())
def test_every_command_has_help_and_the_two_functions(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main([name, "--help"])
    assert done.value.code == 0
    assert COMMANDS.entry(name).summary in " ".join(capsys.readouterr().out.split())
    assert callable(module(name).run)


def test_an_unknown_command_is_refused_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core", "diagnoze"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "diagnoze" in done.stderr
    assert done.stdout == ""


def test_models_are_listed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundles", "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


def test_a_name_that_does_not_exist_exits_with_two(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"x")
    assert main(["predict", "no-such-model", str(file)]) == 2
    captured = capsys.readouterr()
    assert "no-such-model" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_is_said_in_one_line(
    code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: argparse.Namespace) -> None:
        raise OSError(code, os.strerror(code), "some/place")

    monkeypatch.setattr(module("formats"), "run", refuse)
    assert main(["formats", "--json"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"some/place: {os.strerror(code)}")
    assert (said.out, len(said.err.splitlines())) == ("", 1)


def test_another_fault_of_the_system_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: argparse.Namespace) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(module("formats"), "run", fail)
    with pytest.raises(OSError, match="Invalid"):
        main(["formats"])


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("command", ["runs", "datasets"])
def test_deleting_needs_a_name(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty one, as an unset variable of a script gives it, is no request to list."""
    assert main([command, "--delete", ""]) == 2
    assert "''" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["99999999", "-1"])
def test_a_port_that_does_not_exist_is_refused(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--port", port]) == 2
    assert f"no port {port}" in capsys.readouterr().err
