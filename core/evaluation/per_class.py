"""The report table of the systems: precision, recall, F1 and support, class by class."""

import numpy as np

from core.domain.evaluation import ClassRow, PerClass
from core.evaluation.sample import Floats, Sample


def confusion(sample: Sample) -> tuple[tuple[int, ...], ...]:
    """Rows are truths, columns are answers."""
    k = len(sample.classes)
    counts = np.bincount(sample.targets * k + sample.predicted, minlength=k * k)
    return tuple(tuple(int(v) for v in row) for row in counts.reshape(k, k))


def per_class(counts: tuple[tuple[int, ...], ...], classes: tuple[str, ...]) -> PerClass:
    """From a confusion matrix, so that published ones can be shown the same way.

    Averages are over the classes that occur; a precision of answers never given is None,
    and counts as 0 in an average, as scikit-learn has it.
    """
    cells = np.array(counts, np.float64)
    rows = tuple(_row(cells, place, name) for place, name in enumerate(classes))
    occurring = [row for row in rows if row.support]
    support = np.array([row.support for row in occurring], np.float64)
    total = int(cells.sum())
    return PerClass(
        rows,
        float(np.trace(cells) / total),
        _average("macro average", occurring, np.ones_like(support), total),
        _average("weighted average", occurring, support, total),
        tuple(_notes(rows)),
    )


def _row(cells: Floats, place: int, name: str) -> ClassRow:
    hits, truths, answers = cells[place, place], cells[place].sum(), cells[:, place].sum()
    return ClassRow(
        name,
        float(hits / answers) if answers else None,
        float(hits / truths) if truths else None,
        float(2 * hits / (truths + answers)) if truths else None,
        int(truths),
    )


def _average(name: str, rows: list[ClassRow], weights: Floats, total: int) -> ClassRow:
    def mean(values: list[float | None]) -> float:
        return float(np.average([v or 0.0 for v in values], weights=weights))

    return ClassRow(
        name,
        mean([row.precision for row in rows]),
        mean([row.recall for row in rows]),
        mean([row.f1 for row in rows]),
        total,
    )


def _notes(rows: tuple[ClassRow, ...]) -> list[str]:
    never = [row.name for row in rows if row.precision is None and row.support]
    absent = [row.name for row in rows if not row.support]
    notes = []
    if never:
        notes.append(f"Never answered: {', '.join(never)}; counted as precision 0 in averages.")
    if absent:
        notes.append(f"Does not occur here: {', '.join(absent)}; left out of the averages.")
    return notes
