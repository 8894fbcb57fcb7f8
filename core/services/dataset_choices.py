"""What a form that adds a dataset has to offer: formats, recipes, tasks, preprocessings."""

from dataclasses import dataclass
from pathlib import Path

from core.datasets.base import FORMATS, detect
from core.datasets.recipes import DATA_PLANS, DataPlan
from core.domain.tasks import TASKS
from core.errors import MammolensError
from core.services import dataset_options, saved_specs


@dataclass(frozen=True)
class FormatChoice:
    name: str
    title: str
    summary: str
    options: dict[str, str]
    default_task: str
    terms: str


def formats() -> dict[str, FormatChoice]:
    found = [(entry, entry.load()) for entry in FORMATS]
    return {
        entry.name: FormatChoice(
            entry.name,
            kind.title,
            entry.summary,
            dict(kind.options),
            kind.default_task,
            kind.terms,
        )
        for entry, kind in found
    }


def located(path: str) -> Path | None:
    """The folder or table that a person has typed; None where there is none of that name."""
    try:
        whole = Path(path).expanduser()
        return whole.resolve() if whole.exists() else None
    except (OSError, ValueError, RuntimeError):
        return None


def recognised(path: str) -> str | None:
    """The format that the folder looks like; None where it looks like none or is not there."""
    try:
        return detect(Path(path))
    except (MammolensError, OSError):
        return None


def recipes() -> dict[str, DataPlan]:
    return dict(DATA_PLANS)


def tasks() -> dict[str, str]:
    return {name: task.title for name, task in TASKS.items()}


def preprocessings() -> list[str]:
    """One's own first: who has made one wants it."""
    return [*saved_specs.own(), *saved_specs.shipped()]


def usual_preprocessing() -> str:
    return dataset_options.DEFAULT_SPEC
