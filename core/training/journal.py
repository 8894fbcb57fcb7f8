"""The tables a run leaves: a row an epoch, and thinned live losses.

A resumed run goes on where its checkpoint stands, so later rows are taken back first.
"""

import csv
import io
from pathlib import Path

from core.training.atomic import write_text
from core.training.run_folder import RunFolder

EPOCH_MEASURES = ("loss", "accuracy", "auc", "sensitivity", "specificity")
HISTORY = (
    "epoch",
    "stage",
    "learning_rate",
    "seconds",
    "images_per_second",
    *EPOCH_MEASURES,
    *(f"validation_{name}" for name in EPOCH_MEASURES),
)
BATCHES = ("step", "epoch", "loss", "accuracy", "learning_rate", "images_per_second")
MOST_BATCH_ROWS = 2000

Row = dict[str, float | int | str]


class Journal:
    def __init__(self, folder: RunFolder) -> None:
        self._history, self._batches = folder.history_file, folder.batches_file

    def begin(self, epochs_done: int, steps_done: int) -> None:
        """Keep what the checkpoint knows of; make the files where there are none."""
        _cut(self._history, HISTORY, "epoch", epochs_done)
        _cut(self._batches, BATCHES, "step", steps_done)

    def epoch(self, row: Row) -> None:
        _append(self._history, HISTORY, row)

    def batch(self, row: Row) -> None:
        _append(self._batches, BATCHES, row)


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table that may be written to at this moment."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    # A last line without its end is still being written.
    return list(csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1])))


def _cut(path: Path, columns: tuple[str, ...], by: str, last: int) -> None:
    kept = [row for row in read(path) if int(row[by]) <= last]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    write_text(path, text.getvalue())


def _append(path: Path, columns: tuple[str, ...], row: Row) -> None:
    text = io.StringIO()
    csv.DictWriter(text, columns, lineterminator="\n").writerow(row)
    with path.open("a", encoding="utf-8") as file:
        file.write(text.getvalue())
