"""Preprocessings by name: those that come with the program and those kept in the workspace."""

from pathlib import Path

from core import paths
from core.datasets.naming import check_name
from core.datasets.progress import replace_text
from core.domain.preprocess import PreprocessSpec
from core.errors import ConfigError, InputError, NotFound
from core.preprocessing import specs
from core.preprocessing.pipeline import check


def folder() -> Path:
    return paths.workspace() / "specs"


def file_of(name: str) -> Path:
    return folder() / f"{name}.json"


def shipped() -> list[str]:
    return specs.names()


def own() -> list[str]:
    return sorted(file.stem for file in folder().glob("*.json"))


def load(name: str) -> PreprocessSpec:
    """By name, the program's own first, or from a JSON file."""
    if name in specs.names():
        return specs.load(name)
    file = Path(name) if name.endswith(".json") else file_of(check_name(name))
    try:
        spec = PreprocessSpec.from_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        known = ", ".join([*shipped(), *own()])
        raise NotFound(
            f"There is no preprocessing {name!r}. Known: {known}. A file's name ends in .json."
        ) from None
    check(spec)
    return spec


def save(spec: PreprocessSpec) -> Path:
    """Replaces an earlier one of the same name; the program's own names are not given away."""
    check_name(spec.name)
    if spec.name in specs.names():
        raise ConfigError(
            f"{spec.name!r} is a preprocessing that comes with the program. Choose another name."
        )
    check(spec)
    try:
        folder().mkdir(parents=True, exist_ok=True)
        replace_text(file_of(spec.name), spec.to_json() + "\n")
    except OSError as fault:
        raise InputError(f"{folder()} cannot be written: {fault.strerror}.") from None
    return file_of(spec.name)
