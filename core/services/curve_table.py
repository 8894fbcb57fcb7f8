"""The curves of runs as one long table, to be saved and drawn elsewhere. Nothing is thinned."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.services import run_curves
from core.services.following import Table
from core.services.run_table import RunRow

COLUMNS = ("run", "title", "seed", "epoch", "part", "measure", "value")
LIVE = "training, between epochs"
_LIVE_MEASURES = ("loss", "accuracy", "learning_rate")


def long(rows: Sequence[RunRow], measures: Sequence[str] = run_curves.MEASURES) -> pd.DataFrame:
    """A line for each run, epoch, part (training, validation) and measure that has a value."""
    parts = [
        _part(row, run_curves.history(row.path), measure, column)
        for row in rows
        for measure in measures
        for column in run_curves.columns(measure)
    ]
    return joined(parts)


def live(row: RunRow) -> pd.DataFrame:
    """The losses between the ends of epochs, as the run recorded them."""
    table = run_curves.steps(row.path)
    return joined([_part(row, table, name, name, LIVE) for name in _LIVE_MEASURES])


def csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def _part(row: RunRow, table: Table, measure: str, column: str, part: str = "") -> pd.DataFrame:
    validation = column.startswith(run_curves.VALIDATION)
    values = table.column(column)
    known = ~np.isnan(values)
    columns: dict[str, Any] = {
        "run": row.id,
        "title": row.title,
        "seed": row.seed,
        "epoch": table.column("epoch")[known],
        "part": part or ("validation" if validation else "training"),
        "measure": measure,
        "value": values[known],
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))


def joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(COLUMNS))
