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
    """Of a name in either list; the program's own come first."""
    if name in specs.names():
        return specs.load(name)
    try:
        return PreprocessSpec.from_json(file_of(check_name(name)).read_text(encoding="utf-8"))
    except OSError:
        known = ", ".join([*shipped(), *own()])
        raise NotFound(f"There is no preprocessing {name!r}. Known: {known}.") from None


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


def argument(name: str) -> str:
    """What the command line's `--spec` is given for it."""
    return name if name in specs.names() else str(file_of(name).resolve())
