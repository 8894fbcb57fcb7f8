"""Many images, one after another: the most suspicious first, results as they come.

Of each image a row and a thumbnail stay in memory, never its pixels, so a long list costs
little; the file itself is read again when a person opens it.
"""

import base64
import csv
import io
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.domain.images import Pixels
from core.domain.prediction import Prediction
from core.errors import InputError, MammolensError
from core.services import diagnose, memory
from core.services.catalogue import Bundle
from core.services.caution import with_caution
from core.services.gathering import Item, gather
from core.services.low_confidence import why_doubtful
from core.services.tasks import Task

_log = logging.getLogger("mammolens.worklist")
THUMBNAIL = 96
MOST_FILES = 5000


@dataclass(frozen=True)
class Row:
    """One file's answer, or why there is none. `suspicion` is what the decision line is held to."""

    name: str
    item: Item
    label: str | None = None
    title: str = ""
    suspicion: float | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    status: str = ""
    notes: str = ""
    flagged: bool = False  # of low confidence, without anybody asking
    thumbnail: str = ""

    @property
    def answered(self) -> bool:
        return self.label is not None

    def to_document(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "file": self.name,
            "label": self.label,
            "suspicion": self.suspicion,
            "probabilities": self.probabilities,
            "status": self.status,
            "flagged": self.flagged,
            "notes": self.notes,
        }


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


def check(model: Bundle) -> None:
    """A worklist is of single images."""
    if model.card.kind == "exam":
        raise InputError(
            f"The model {model.name!r} reads all views of an exam together, not one image after "
            "another. Choose a model for single images, or ask it about the exam."
        )


def by_suspicion(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (not row.answered, -(row.suspicion or 0)))


def start(items: Sequence[Item], model: str, before: Worklist | None = None) -> Worklist:
    """What the list `before` has read with the same model is not read again."""
    known = {row.item: row for row in before.rows} if before and before.model == model else {}
    rows = [known[item] for item in items if item in known]
    left = [item for item in items if item not in known]

    def work(task: Task[None]) -> None:
        try:
            for item in left:
                task.say(len(rows) / len(items), f"{len(rows)} of {len(items)}: {item.name}")
                rows.append(read(item, model))
            task.say(1.0, f"{len(items)} of {len(items)}")
        finally:
            memory.give_back()

    goes_on = bool(rows)
    return Worklist(model, len(items), rows, Task("The worklist", work).start(), goes_on)


def read(item: Item, model: str) -> Row:
    """Never raises for a bad file: its row says what is wrong with it."""
    try:
        mammogram = diagnose.preview(item.read(), item.name)
        prediction = with_caution(diagnose.analyse(mammogram, model, heatmap=False))
    except MammolensError as fault:
        return unreadable(item, fault)
    except Exception:  # the other files shall be read all the same
        _log.exception("A file of a worklist failed")
        return unreadable(
            item, MammolensError("It failed inside Mammolens. The details are in the log.")
        )
    return replace(answered(item, prediction), thumbnail=thumbnail(prediction.mammogram.pixels))


def unreadable(item: Item, fault: MammolensError) -> Row:
    return Row(item.name, item, status="unreadable", notes=str(fault))


def answered(item: Item, prediction: Prediction) -> Row:
    """Without a thumbnail."""
    card, label = prediction.card, prediction.label
    titles = {one.name: one.title for one in card.classes}
    shares = prediction.probabilities
    flags = why_doubtful(prediction)
    return Row(
        name=item.name,
        item=item,
        label=label,
        title=titles[label] if label else "",
        suspicion=sum(shares[n] for n in card.operating_point.positive) if shares else None,
        probabilities=shares,
        status=prediction.fitness.status.value,
        notes=" ".join((*flags, *prediction.fitness.reasons)),
        flagged=bool(flags),
    )


def thumbnail(pixels: Pixels) -> str:
    factor = THUMBNAIL / max(pixels.shape)
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    grey = (np.clip(small, 0, 1) * 255).astype(np.uint8)
    data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()


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
