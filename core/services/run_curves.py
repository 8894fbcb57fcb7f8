"""What a run has measured so far, as few enough points to be drawn every second."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.domain.training import higher_is_better
from core.services import following, thinning
from core.services.following import Table
from core.training.run_folder import RunFolder

Floats = NDArray[np.float64]
MOST_POINTS = 1000
MOST_SMOOTHED = 101

VALIDATION = "validation_"
LIVE = "live"
MEASURES = ("loss", "auc", "accuracy", "sensitivity", "specificity", "learning_rate")
_MEASURED_TWICE = MEASURES[:-1]


@dataclass(frozen=True)
class Curve:
    """`epochs` may have fractions: 2.5 is half way through the third epoch."""

    epochs: Floats
    values: Floats

    def __len__(self) -> int:
        return len(self.values)


def history(path: Path) -> Table:
    """A row an epoch."""
    return following.follow(RunFolder(path).history_file)


def steps(path: Path) -> Table:
    """Live losses between the epochs' ends, thinned by the run itself."""
    return following.follow(RunFolder(path).batches_file)


def columns(measure: str) -> tuple[str, ...]:
    """The columns of the history that belong to a measure."""
    return (measure, VALIDATION + measure) if measure in _MEASURED_TWICE else (measure,)


def curve(table: Table, column: str, *, smooth: int = 1, most: int = MOST_POINTS) -> Curve:
    """`smooth` averages over so many neighbouring points, before thinning."""
    epochs, values = table.column("epoch"), table.column(column)
    known = ~np.isnan(values)
    epochs, values = epochs[known], smoothed(values[known], smooth)
    chosen = thinning.places(values, most)
    return Curve(epochs[chosen], values[chosen])


def smoothed(values: Floats, width: int) -> Floats:
    """The mean of `width` neighbours, as many on either side; fewer at the ends."""
    half = min(max(1, width), MOST_SMOOTHED) // 2
    if half == 0 or len(values) < 2:
        return values
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    # At an end as many are left away on the far side, so that a slope is not bent.
    reach = np.minimum(half, np.minimum(places, places[::-1]))
    result: Floats = (sums[places + reach + 1] - sums[places - reach]) / (2 * reach + 1)
    return result


def best_place(table: Table, epoch: int) -> int | None:
    """The row of the best epoch."""
    found = np.flatnonzero(table.column("epoch") == epoch)
    return int(found[-1]) if found.size else None


def stage_ends(table: Table) -> list[float]:
    """After which epochs another leg of transfer learning began."""
    stages = table.column("stage")
    changes = np.flatnonzero(np.diff(stages) > 0)
    return [float(epoch) for epoch in table.column("epoch")[changes]]


def best_so_far(values: Floats, metric: str) -> int | None:
    """Which epoch is the best, by one measure alone."""
    if not np.isfinite(values).any():
        return None
    return int(np.nanargmax(values) if higher_is_better(metric) else np.nanargmin(values))
