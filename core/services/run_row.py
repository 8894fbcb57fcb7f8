"""One run as a row: what it was asked for, how far it is, and what it has measured.

A folder that cannot be read is a row with a sentence, never an error.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.domain.dataset import VALIDATION
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import MammolensError
from core.services import following, run_notes, run_pace, run_settings, thinning
from core.services.following import Table
from core.training.run_folder import RunFolder

SPARK_POINTS = 30
# A folder without a configuration may be a run that is being made at this moment.
_SETTLED_SECONDS = 30.0
_TRACES = ("state.json", "history.csv", "log.txt")
Mark = tuple[int, int, int]


@dataclass(frozen=True)
class RunRow:
    """`figures` are those of the best epoch; `fault` is said when the folder is broken."""

    id: str
    path: Path
    status: RunStatus
    created: float = 0.0
    title: str = ""
    model: str = ""
    dataset: str = ""
    recipe: str = ""
    seed: int = 0
    epochs: int = 0
    metric: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    repeat_key: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    spark: tuple[float, ...] = ()
    seconds_left: float | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    part_of: str = ""  # the cross-validation or study it belongs to
    judged_on: int = 0  # validation images; 0 where the folder does not say
    fault: str = ""

    @property
    def state(self) -> RunState:
        return self.status.state

    @property
    def name(self) -> str:
        """For people: its title, or else what it trains."""
        return self.title or self.recipe or self.model or self.id

    @property
    def may_stop_early(self) -> bool:
        return self.settings.get("early_stopping.patience", "0") != "0"

    @property
    def progress(self) -> float:
        """Share of all epochs, the one under way included."""
        status = self.status
        within = min(1.0, status.step / status.steps) if status.steps else 0.0
        done = (status.epoch + within) / self.epochs if self.epochs else 0.0
        return min(1.0, done) if self.state is not RunState.FINISHED else 1.0

    @property
    def seconds(self) -> float:
        """Worked, without waiting in the queue and without pauses."""
        return self.status.seconds_worked

    def says(self, text: str) -> bool:
        """Whether every word of `text` stands somewhere in what is known of the run."""
        known = (self.id, self.title, self.model, self.dataset, self.recipe, self.state.value)
        about = " ".join((*known, *self.tags, self.note, self.part_of)).casefold()
        return all(word in about for word in text.casefold().split())


def mark(path: Path) -> Mark:
    """Another one when the file is another, or has other content."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns


def make(path: Path) -> RunRow | None:
    folder = RunFolder(path)
    if not folder.config_file.exists():
        return _remains(folder)
    status, notes = folder.status(), run_notes.read(path)
    bare = RunRow(folder.id, path, status, _created(folder.id), tags=notes.tags, note=notes.note)
    try:
        config, settings, part_of, judged_on = _asked(path, mark(folder.config_file))
    except MammolensError as fault:
        return replace(bare, fault=str(fault))
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        return replace(bare, fault=_unreadable(folder, fault))
    history = following.follow(folder.history_file)
    return replace(
        bare,
        title=config.title,
        model=config.model.name,
        dataset=config.dataset,
        recipe=config.recipe,
        seed=config.seed,
        epochs=config.total_epochs,
        metric=config.best,
        settings=settings,
        part_of=part_of,
        judged_on=judged_on,
        repeat_key=run_settings.repeat_key(settings),
        figures=_figures(history, status),
        spark=_spark(history, config.best),
        seconds_left=run_pace.seconds_left(status, config.total_epochs, config.batch_size, history),
    )


@lru_cache(maxsize=64)
def _asked(path: Path, mark: Mark) -> tuple[TrainConfig, dict[str, str], str, int]:
    """Written once, while the rest of a run at work changes every second."""
    folder = RunFolder(path)
    config, document = folder.config(), folder.document()
    origin, data = document.get("origin") or {}, document.get("data") or {}
    part_of = str(origin.get("group") or origin.get("study") or "")
    judged_on = int((data.get("images") or {}).get(VALIDATION, 0))
    return config, run_settings.flat(config.to_dict()), part_of, judged_on


def _unreadable(folder: RunFolder, fault: Exception) -> str:
    return (
        f"{folder.config_file} does not hold a run's settings ({type(fault).__name__}: {fault}). "
        "Start the run anew, or delete the folder."
    )


def _remains(folder: RunFolder) -> RunRow | None:
    """A folder without its configuration; none at all if it never was a run."""
    traces = [folder.path / name for name in _TRACES if (folder.path / name).exists()]
    try:
        if not traces or time.time() - folder.path.stat().st_mtime < _SETTLED_SECONDS:
            return None
    except OSError:
        return None
    status = folder.written_status()
    if not status.state.is_finished():
        status = replace(status, state=RunState.INTERRUPTED, reason="")
    fault = (
        f"config.json is missing from {folder.path}, so this run can be neither read nor resumed. "
        "Put the file back, or delete the folder."
    )
    return RunRow(folder.id, folder.path, status, _created(folder.id), fault=fault)


def _created(run_id: str) -> float:
    """An id begins with the time at which it was made."""
    try:
        return time.mktime(time.strptime(run_id[:15], "%Y%m%d-%H%M%S"))
    except (ValueError, OverflowError):
        return 0.0


def _figures(history: Table, status: RunStatus) -> dict[str, float]:
    if status.best is None:
        return {}
    found = np.flatnonzero(history.column("epoch") == status.best.epoch)
    if not found.size:
        return {}
    values: dict[str, Any] = dict(
        zip(history.columns, history.values[found[-1]].tolist(), strict=True)
    )
    return {name: value for name, value in values.items() if value == value}


def _spark(history: Table, metric: str) -> tuple[float, ...]:
    values = history.column(metric)
    values = values[~np.isnan(values)]
    return tuple(round(v, 5) for v in values[thinning.places(values, SPARK_POINTS)].tolist())
