"""The folder of a new model: filled beside its place, and put there whole or not at all."""

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core import paths
from core.disk import demand_room
from core.domain.card import ModelCard
from core.errors import ConfigError, InputError, RunError
from core.services.catalogue import CARD
from core.services.model_page import page
from core.training.atomic import write_text

PAGE = "README.md"

# Beside the networks: the card, its page and the reference of known images.
ROOM_BESIDE = 32 * 1024**2


def check_name(name: str, replace: bool) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        raise ConfigError(
            "A model's name is made of small letters, digits, - and _, such as my-model. "
            f"Received: {name!r}."
        )
    if (paths.models() / name).exists() and not replace:
        raise InputError(
            f"There is a model {name!r} already. Choose another name, or replace it (--replace)."
        )


def check_room(files: Iterable[Path]) -> None:
    demand_room(
        paths.models(),
        sum(file.stat().st_size for file in files) + ROOM_BESIDE,
        "The model",
        "Delete models or runs that are no longer needed.",
    )


@contextmanager
def new_bundle(name: str) -> Iterator[Path]:
    """A folder to fill; a model of that name is replaced only once all of it is written."""
    target = paths.models() / name
    beside, old = (target.with_name(f".{name}.{end}") for end in ("new", "old"))
    _clear(beside, old)
    try:
        beside.mkdir(parents=True)
        yield beside
        if target.exists():
            target.rename(old)
        beside.rename(target)
    except OSError as fault:
        raise RunError(
            f"The model {name!r} could not be written to {paths.models()}: {fault.strerror}. "
            "Nothing of it was kept. Make room, or move the workspace, and publish again."
        ) from fault
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        _clear(beside, old)


def _clear(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def write_card(folder: Path, card: ModelCard) -> None:
    """Last of all: what has no card is no model yet."""
    write_text(folder / PAGE, page(card))
    write_text(folder / CARD, card.to_json())


def described(card: ModelCard) -> dict[str, Any]:
    """What a person wants to know of a model just made."""
    folder = paths.models() / card.name
    return {
        "model": card.name,
        "path": str(folder),
        "bytes": size(folder),
        "measured_on": card.measured_on,
        "operating_point": asdict(card.operating_point),
        "calibration": asdict(card.calibration),
        "metrics": {key: asdict(value) for key, value in card.metrics.items()},
    }
