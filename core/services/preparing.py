"""Begins preparations, and goes on with one that ended before it was done, as it was begun."""

import json
from collections.abc import Sequence
from typing import Any

from core import paths
from core.datasets.naming import check_name
from core.datasets.prepare import REQUEST
from core.datasets.progress import replace_text
from core.domain.preprocess import PreprocessSpec
from core.errors import DatasetError
from core.services import background
from core.services.background import Errand, Job

KIND = "prepare"
SPEC = "spec.json"


def go_on(name: str) -> Job:
    """Begins again in a process of its own, where the earlier one stopped."""
    return start(name, arguments(name))


def begin(name: str, words: Sequence[str]) -> Job:
    """A new dataset; refused where the name is taken, which would go on with the old one."""
    if (paths.datasets() / check_name(name)).exists():
        raise DatasetError(f"There is a dataset {name!r} already. Choose another name.")
    return start(name, words)


def start(name: str, words: Sequence[str]) -> Job:
    """Prepares `name` in a process of its own; the words are those of the command line."""
    errand = Errand("", ("prepare", *words, "--name", check_name(name)))
    return background.start(KIND, name, f"Preparing “{name}”", [errand])


def arguments(name: str) -> list[str]:
    """What `prepare` was asked, as words of the command line; the name is left out."""
    folder = paths.datasets() / check_name(name)
    try:
        request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))["request"]
    except (OSError, ValueError, KeyError):
        raise DatasetError(
            f"What the dataset {name!r} was to be made from is not known any more. Delete it and "
            "prepare it again."
        ) from None
    spec = PreprocessSpec.from_dict(request["spec"])
    replace_text(folder / SPEC, spec.to_json())
    return [*_sources(request), "--spec", str((folder / SPEC).resolve()), *_choices(request)]


def _sources(request: dict[str, Any]) -> list[str]:
    first, *others = request["sources"]
    words = [first["format"], first["root"]]
    for key, value in first["options"].items():
        words += ["--option", f"{key}={value}"]
    for other in others:
        words += ["--add", other["format"], other["root"]]
    return words


def _choices(request: dict[str, Any]) -> list[str]:
    words = ["--task", request["task"], "--seed", str(request["seed"])]
    for view in request["views"]:
        words += ["--view", view]
    if request["limit"]:
        words += ["--limit", str(request["limit"])]
    if patches := request["patches"]:
        words += ["--patches", str(patches["size"]), "--margin", str(patches["margin"])]
        words += ["--background", str(patches["background"])]
    return words
