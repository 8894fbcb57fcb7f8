"""Can a network's first weights be had: kept here, in a file, in a run, or over the network?"""

import os
import socket
import time
from functools import lru_cache
from pathlib import Path
from urllib.request import getproxies

from core.errors import MammolensError
from core.models import catalogue
from core.models.branches import Branch
from core.models.weights import is_published
from core.training.run_folder import RunFolder, find_run

# Published weights are fetched from here, once.
HOSTS = (("storage.googleapis.com", 443), ("github.com", 443))
REMEMBERED_SECONDS = 600
_SECONDS = 2.0


def lacking(branch: Branch) -> str:
    """A sentence where these weights cannot be had."""
    weights, title = str(branch.weights), branch.spec.title
    if weights.startswith("run:"):
        return _run_without_model(weights.removeprefix("run:"))
    if not is_published(weights):
        there = Path(weights).expanduser().is_file()
        return "" if there else f"There is no weights file {weights!r}. Choose one that is there."
    if weights not in branch.spec.pretrained:
        known = ", ".join(branch.spec.pretrained) or "none"
        return f"{title} has no published weights {weights!r}. Known: {known}."
    if at_hand(branch.spec.name) or _reachable(int(time.time() / REMEMBERED_SECONDS)):
        return ""
    return (
        f"The weights {weights!r} of {title} are not on this machine, and the network to fetch "
        f"them from cannot be reached. Put the file into {_kept()}, or begin with random weights."
    )


def _run_without_model(run: str) -> str:
    try:
        folder: RunFolder = find_run(run)
    except MammolensError as fault:
        return str(fault)
    return "" if folder.model_file.is_file() else f"Run {folder.id} has no model yet."


def at_hand(backbone: str) -> bool:
    """Were its published weights fetched before?"""
    wanted = _bare(backbone)
    longer = [_bare(name) for name in catalogue.names() if _bare(name) != wanted]
    rivals = [name for name in longer if wanted in name]
    files = [_bare(file.stem) for file in _kept().glob("*") if file.is_file()]
    return any(wanted in name and not any(rival in name for rival in rivals) for name in files)


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _kept() -> Path:
    """Where Keras keeps what it has fetched."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "models"


@lru_cache(maxsize=1)
def _reachable(_moment: int) -> bool:
    """Asked now and then only: an answer takes seconds where there is no network."""
    if any(getproxies().get(scheme) for scheme in ("https", "all")):
        return True  # others reach it for this machine
    return any(_answers(host, port) for host, port in HOSTS)


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
        return True
    except OSError:
        return False
