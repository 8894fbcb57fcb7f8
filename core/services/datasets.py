"""What a page or a command does with datasets: list them, prepare one in a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core import paths
from core.datasets.naming import check_name
from core.datasets.prepared import INFO, open_prepared
from core.datasets.progress import PrepareState, Progress, read_progress
from core.errors import DatasetError, MammolensError, NotFound


def listing() -> list[dict[str, Any]]:
    """Every dataset of the workspace, the unfinished ones too."""
    folders = sorted(path for path in paths.datasets().glob("*") if path.is_dir())
    return [_describe(folder) for folder in folders]


def _describe(folder: Path) -> dict[str, Any]:
    found = read_progress(folder)
    item: dict[str, Any] = {
        "name": folder.name,
        "state": (found.state if found else PrepareState.INTERRUPTED).value,
        "images": found.done if found else 0,
        "patients": None,
        "quarantined": found.quarantined if found else 0,
        "format": "",
        "task": "",
        "synthetic": None,
        "splits": [],
        "message": found.message if found else "",
    }
    if not (folder / INFO).is_file():
        return item
    try:
        dataset = open_prepared(folder)
    except MammolensError as fault:
        return {**item, "state": PrepareState.FAILED.value, "message": str(fault)}
    info = dataset.info
    names = ("images", "patients", "quarantined", "format", "task", "synthetic")
    facts = {name: getattr(info, name) for name in names}
    return {
        **item,
        **facts,
        "state": PrepareState.FINISHED.value,
        "splits": dataset.split_names(),
        "message": "",
    }


def start_prepare(name: str, format_name: str, path: str, *arguments: str) -> int:
    """Begins in a process that outlives this one; `arguments` as on the command line."""
    folder = paths.datasets() / check_name(name)
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "core",
        "prepare",
        format_name,
        path,
        "--name",
        name,
        *arguments,
    ]
    return _detached(command, folder / "log.txt")


def _detached(command: Sequence[str], log: Path) -> int:
    with log.open("ab") as words:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            cwd=paths.ROOT,
            env={**os.environ, "MAMMOLENS_WORKSPACE": str(paths.workspace().resolve())},
            start_new_session=True,
        )
    # Reaped when it ends, so that no zombie passes for alive.
    threading.Thread(target=process.wait, daemon=True).start()
    return process.pid


def progress(name: str) -> Progress | None:
    return read_progress(paths.datasets() / check_name(name))


def cancel(name: str) -> None:
    """Asks the preparation to stop; what is done is kept, and preparing again goes on."""
    found = progress(name)
    if found is None or found.state.is_finished():
        raise DatasetError(f"Nothing is preparing {name!r}, so there is nothing to stop.")
    os.kill(found.pid, signal.SIGTERM)


def delete(name: str) -> None:
    folder = paths.datasets() / check_name(name)
    if not folder.is_dir():
        raise NotFound(f"There is no dataset {name!r}, so nothing was deleted.")
    found = read_progress(folder)
    if found and not found.state.is_finished():
        raise DatasetError(f"{name!r} is being prepared. Stop it before deleting it.")
    shutil.rmtree(folder)
