"""Many images, one after another: the most suspicious first, results as they come.

Of each image a row and a thumbnail stay in memory, never its pixels, so a long list costs
little; the file itself is read again when a person opens it.
"""

import csv
import io
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import InputError, MammolensError
from core.services import diagnose, memory, worklist_exams
from core.services.caution import with_caution
from core.services.gathering import Item, gather
from core.services.tasks import Task
from core.services.worklist_row import Row, answered, thumbnail, unreadable

_log = logging.getLogger("mammolens.worklist")
MOST_FILES = 5000


@dataclass(frozen=True)
class Worklist:
    """`rows` grows while the task is at work."""

    model: str
    total: int
    rows: list[Row]
    task: Task[None]
    goes_on: bool = False  # with rows of the list before it

    def short(self, row: Row) -> str:
        """Its name without the folder that all of them are in."""
        folders = {one.name.rpartition("/")[0] for one in self.rows}
        common = os.path.commonpath(folders) if folders and all(folders) else ""
        return row.name.removeprefix(common).lstrip("/")

    def sorted(self) -> list[Row]:
        """The most suspicious first, what has no answer last."""
        return by_suspicion(self.rows)


def from_path(text: str) -> list[Item]:
    """The images of a folder or zip on the server."""
    path = Path(text.strip()).expanduser()
    if not text.strip() or not path.exists():
        raise InputError(
            f"There is no folder or file {text.strip()!r:.200} on the server. Give the full path "
            "of a folder, a zip or an image."
        )
    return bounded(list(gather([path])))


def bounded(items: Sequence[Item]) -> list[Item]:
    if not items:
        raise InputError("There is no file yet. Bring at least one image.")
    if len(items) > MOST_FILES:
        raise InputError(
            f"These are {len(items):,} files; a worklist holds {MOST_FILES:,}. For more, use the "
            "command line: python -m core predict MODEL FOLDER --json"
        )
    return list(items)


def by_suspicion(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (not row.answered, -(row.suspicion or 0)))


def start(
    items: Sequence[Item], model: str, before: Worklist | None = None, *, exams: bool = False
) -> Worklist:
    """What the list `before` has read with the same model is not read again.

    `exams` says that the model reads all views of a patient together.
    """
    known = {row.item: row for row in before.rows} if before and before.model == model else {}
    rows = [known[item] for item in items if item in known]

    def work(task: Task[None]) -> None:
        try:
            for group in worklist_exams.together(items) if exams else [(item,) for item in items]:
                if all(item in known for item in group):
                    continue
                task.say(len(rows) / len(items), f"{len(rows)} of {len(items)}: {group[0].name}")
                # A view that has come since is read with those of its exam, which change by it.
                rows[:] = [row for row in rows if row.item not in group]
                rows.extend(_read(group, model, exams=exams))
            task.say(1.0, f"{len(items)} of {len(items)}")
        finally:
            memory.give_back()

    goes_on = bool(rows)
    return Worklist(model, len(items), rows, Task("The worklist", work).start(), goes_on)


def _read(group: tuple[Item, ...], model: str, *, exams: bool) -> list[Row]:
    """Never raises for a bad file: its row says what is wrong with it."""
    try:
        return worklist_exams.read(group, model) if exams else [read(group[0], model)]
    except MammolensError as fault:
        return [unreadable(item, fault) for item in group]
    except Exception:  # the other files shall be read all the same
        _log.exception("A file of a worklist failed")
        ours = MammolensError("It failed inside Mammolens. The details are in the log.")
        return [unreadable(item, ours) for item in group]


def read(item: Item, model: str) -> Row:
    mammogram = diagnose.preview(item.read(), item.name)
    prediction = with_caution(diagnose.analyse(mammogram, model, heatmap=False))
    return replace(answered(item, prediction), thumbnail=thumbnail(prediction.mammogram.pixels))


def as_csv(rows: Sequence[Row], model: str) -> str:
    classes = list(dict.fromkeys(name for row in rows for name in row.probabilities))
    file = io.StringIO()
    out = csv.writer(file)
    out.writerow(["file", "model", "answer", "suspicion", *classes, "fitness", "flagged", "notes"])
    for row in rows:
        shares = [_number(row.probabilities.get(name)) for name in classes]
        suspicion = _number(row.suspicion)
        out.writerow(
            [
                _plain(row.name),
                model,
                row.label or "",
                suspicion,
                *shares,
                row.status,
                "yes" if row.flagged else "",
                row.notes,
            ]
        )
    return file.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _plain(name: str) -> str:
    """A spreadsheet takes what begins like a formula for one."""
    return f"'{name}" if name[:1] in "=+-@\t\r" else name
