"""Starts processes that outlive whoever asked for them: a page, a server, a terminal."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from core import paths


def start(
    module: str, arguments: list[str], log: Path, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that no terminal's or server's end reaches it."""
    folder = str(paths.ROOT)
    inherited = os.environ.get("PYTHONPATH")
    own = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([folder, inherited] if inherited else [folder]),
        "PYTHONUNBUFFERED": "1",
        "MAMMOLENS_WORKSPACE": str(paths.workspace().resolve()),
        **(environment or {}),
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=own,
            cwd=folder,
            start_new_session=True,
        )
    # Unless somebody waits for it, a dead child stays in the table of processes.
    threading.Thread(target=process.wait, name=f"reap-{process.pid}", daemon=True).start()
    return process
