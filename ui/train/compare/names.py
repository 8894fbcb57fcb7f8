"""What runs are called beside each other: their name, and what tells those of one name apart."""

from collections.abc import Sequence

from core.services import run_settings
from core.services.repeats import Repeated
from core.services.run_table import RunRow
from ui import words


def runs(rows: Sequence[RunRow]) -> dict[str, str]:
    """By id; where nothing else tells two runs apart, their ids do."""
    names = {row.id: _apart(row, rows, seed=True) for row in rows}
    said = list(names.values())
    return {run: name if said.count(name) == 1 else f"{name}, {run}" for run, name in names.items()}


def group(repeated: Repeated, rows: Sequence[RunRow]) -> str:
    """Repeats differ in their seed, which is therefore not said."""
    first = _apart(repeated.runs[0], rows, seed=False)
    return f"{first} ({words.count(len(repeated.runs), 'run')})"


def _apart(row: RunRow, rows: Sequence[RunRow], *, seed: bool) -> str:
    alike = [other.settings for other in rows if other.name == row.name and other.id != row.id]
    return ", ".join([row.name, *run_settings.telling(row.settings, alike, seed=seed)])
