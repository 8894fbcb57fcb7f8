"""Configurations that a person gave a name, to begin the next run from."""

import json
from pathlib import Path

from core import paths
from core.datasets.naming import ALLOWED
from core.domain.training import TrainConfig
from core.errors import ConfigError, NotFound
from core.training.atomic import write_text


def folder() -> Path:
    return paths.workspace() / "presets"


def save(name: str, config: TrainConfig, *, overwrite: bool = False) -> Path:
    """Refused where the name is taken, unless the old one may go."""
    file = _file(name)
    if file.exists() and not overwrite:
        raise ConfigError(
            f"There is a preset {name!r} already. Choose another name, or delete the old one."
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps({"version": 1, "training": config.to_dict()}, indent=2))
    return file


def names() -> list[str]:
    return sorted(file.stem for file in folder().glob("*.json"))


def load(name: str) -> TrainConfig:
    try:
        raw = json.loads(_existing(name).read_text(encoding="utf-8"))
        return TrainConfig.from_dict(raw["training"])
    except (ValueError, KeyError, TypeError, OSError) as fault:
        raise ConfigError(f"The preset {name!r} cannot be read: {fault}. Delete it.") from None


def delete(name: str) -> None:
    _existing(name).unlink()


def _existing(name: str) -> Path:
    file = _file(name)
    if not file.is_file():
        known = ", ".join(names()) or "none yet"
        raise NotFound(f"There is no preset {name!r}. Known: {known}.")
    return file


def _file(name: str) -> Path:
    if not ALLOWED.fullmatch(name):
        raise ConfigError(
            f"{name!r} cannot be the name of a preset. Allowed: 1 to 64 letters, digits, dots, "
            "hyphens and underscores, beginning with a letter or digit."
        )
    return folder() / f"{name}.json"
