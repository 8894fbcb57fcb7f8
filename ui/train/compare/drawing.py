"""The figure of a comparison: a line a run, or a band a group of repeats."""

from dataclasses import dataclass
from functools import lru_cache

from core.services import repeats, run_curves, run_table
from core.services.repeats import Repeated
from core.services.run_table import RunRow
from ui import charts_train
from ui.charts_train import Banded, Line
from ui.components import live_chart
from ui.train.compare import names

BOTH, VALIDATION, TRAINING = "Both", "Validation", "Training"
HEIGHT = 440


@dataclass(frozen=True)
class Wish:
    measure: str
    part: str
    smooth: int
    together: bool  # repeats as one line with its spread

    @property
    def columns(self) -> list[str]:
        every = run_curves.columns(self.measure)
        if len(every) == 1:
            return list(every)
        return list({BOTH: every, VALIDATION: every[1:], TRAINING: every[:1]}[self.part])

    def outside(self, column: str) -> bool:
        """Drawn as validation is, which a measure without parts is too."""
        return column.startswith(run_curves.VALIDATION) or len(self.columns) == 1

    def part_of(self, column: str) -> str:
        return ", training" if self.part == BOTH and not self.outside(column) else ""


@lru_cache(maxsize=64)
def drawn(ids: tuple[str, ...], versions: tuple[int, ...], wish: Wish) -> tuple[str, int]:
    """The figure, and how many lines it has; `versions` stand for what the runs hold."""
    rows = [row for row in map(run_table.row, ids) if row is not None]
    groups = repeats.groups(rows) if wish.together else [Repeated((row,)) for row in rows]
    said = names.runs(rows)
    lines: list[Line] = []
    bands: list[Banded] = []
    for place, group in enumerate(groups):
        if len(group.runs) == 1:
            lines += _lines(group.runs[0], said, wish, place)
        else:
            bands += _bands(group, names.group(group, rows), wish, place)
    figure = charts_train.compared(wish.measure, lines, bands, height=HEIGHT)
    return live_chart.written(figure), len(lines) + len(bands)


def _lines(row: RunRow, said: dict[str, str], wish: Wish, place: int) -> list[Line]:
    table = run_curves.history(row.path)
    made = []
    for column in wish.columns:
        curve = run_curves.curve(table, column, smooth=wish.smooth)
        name = said[row.id] + wish.part_of(column)
        if len(curve):
            made.append(Line(row.id, name, place, wish.outside(column), curve))
    return made


def _bands(group: Repeated, name: str, wish: Wish, place: int) -> list[Banded]:
    tables = [run_curves.history(run.path) for run in group.runs]
    made = []
    for column in wish.columns:
        band = repeats.band(tables, column, smooth=wish.smooth)
        if len(band.epochs):
            made.append((name + wish.part_of(column), place, wish.outside(column), band))
    return made
