"""Runs that differ in their seed alone, taken together: mean and spread at every epoch.

One run tells little of a setting, as another seed may turn out differently.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.services import run_curves, thinning
from core.services.following import Table
from core.services.run_table import RunRow

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Repeated:
    """The newest run stands first and gives the group its name."""

    runs: tuple[RunRow, ...]

    @property
    def name(self) -> str:
        return self.runs[0].name

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(sorted({run.seed for run in self.runs}))


@dataclass(frozen=True)
class Band:
    """`spread` is the standard deviation between runs, `count` how many got this far."""

    epochs: Floats
    mean: Floats
    spread: Floats
    count: NDArray[np.int64]


@dataclass(frozen=True)
class Figure:
    mean: float
    spread: float
    low: float
    high: float
    count: int


def groups(rows: Sequence[RunRow]) -> list[Repeated]:
    """Every run in one group, alone where it has no repeats; the order of the first stays."""
    found: dict[str, list[RunRow]] = {}
    for row in rows:
        found.setdefault(row.repeat_key or row.id, []).append(row)
    return [Repeated(tuple(runs)) for runs in found.values()]


def band(
    tables: Sequence[Table], column: str, *, smooth: int = 1, most: int = run_curves.MOST_POINTS
) -> Band:
    """Over the epochs that at least two runs have reached."""
    last = max((int(np.nanmax(t.column("epoch"))) for t in tables if len(t)), default=0)
    grid = np.full((len(tables), last + 1), np.nan)
    for line, table in zip(grid, tables, strict=True):
        known = table.column("epoch")
        values = table.column(column)
        usable = ~np.isnan(values) & (known >= 0)
        line[known[usable].astype(int)] = run_curves.smoothed(values[usable], smooth)
    count = (~np.isnan(grid)).sum(axis=0)
    reached = np.flatnonzero(count >= 2)
    grid, count = grid[:, reached], count[reached]
    mean = np.nanmean(grid, axis=0) if reached.size else np.empty(0)
    spread = np.nanstd(grid, axis=0, ddof=1) if reached.size else np.empty(0)
    chosen = thinning.places(mean, most)
    return Band(reached[chosen].astype(float), mean[chosen], spread[chosen], count[chosen])


def figure(values: Sequence[float]) -> Figure | None:
    """Of the best epochs of repeated runs; None where no run has got so far."""
    known = np.array([value for value in values if value == value])
    if not known.size:
        return None
    spread = float(known.std(ddof=1)) if known.size > 1 else float("nan")
    low, high = float(known.min()), float(known.max())
    return Figure(float(known.mean()), spread, low, high, known.size)
