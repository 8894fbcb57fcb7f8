"""What people write about single cases while looking at errors: notes and flags, kept by dataset.

One file a dataset, `notes/<dataset>.json`, so that the notes of an image are there whichever
model is looked at; each entry names the model it was written beside.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from core import paths
from core.datasets.naming import check_name
from core.errors import ConfigError, DatasetError
from core.training.atomic import write_text

FLAGS = ("", "wrong label", "poor image", "interesting", "ask a radiologist")
LONGEST = 2000
COLUMNS = ("image_id", "flag", "note", "model", "written")


@dataclass(frozen=True)
class CaseNote:
    image_id: str
    flag: str = ""
    note: str = ""
    model: str = ""
    written: str = ""


def notes(dataset: str) -> dict[str, CaseNote]:
    """By image; empty before anything was written."""
    file = _file(dataset)
    if not file.is_file():
        return {}
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return {item["image_id"]: CaseNote(**item) for item in raw}
    except (ValueError, TypeError, KeyError) as fault:
        raise DatasetError(
            f"The notes in {file} cannot be read: {fault}. Mend the file, or move it away."
        ) from None


def write(dataset: str, image_id: str, *, flag: str = "", note: str = "", model: str = "") -> None:
    """Replaces what was said of this image; saying nothing removes it."""
    if flag not in FLAGS:
        raise ConfigError(f"There is no flag {flag!r}. Known: {', '.join(filter(None, FLAGS))}.")
    if len(note) > LONGEST:
        raise ConfigError(f"A note has at most {LONGEST} characters. Received: {len(note)}.")
    known = notes(dataset)
    known.pop(image_id, None)
    if flag or note.strip():
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        known[image_id] = CaseNote(image_id, flag, note.strip(), model, stamp)
    file = _file(dataset)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps([asdict(item) for item in known.values()], indent=2))


def table(dataset: str) -> pd.DataFrame:
    """For a page, and to take along as CSV."""
    rows = [asdict(item) for item in notes(dataset).values()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _file(dataset: str) -> Path:
    return paths.workspace() / "notes" / f"{check_name(dataset)}.json"
