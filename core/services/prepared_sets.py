"""Prepared datasets for those who show them: opened by name, and known again when remade."""

from core import paths
from core.datasets.prepared import INFO, QUARANTINE, PreparedDataset, open_prepared
from core.datasets.tables import read_table
from core.domain.tasks import task

__all__ = ["PreparedDataset", "class_titles", "open_prepared", "quarantined", "stamp"]


def stamp(name: str) -> float:
    """Another number when a dataset has been made anew under an old name."""
    file = paths.datasets() / name / INFO
    return file.stat().st_mtime if file.is_file() else 0.0


def class_titles(dataset: PreparedDataset) -> dict[str, str]:
    """What a person reads for each class, in the order of the model's outputs."""
    titles = {info.name: info.title for info in task(dataset.info.task).classes}
    return {name: titles.get(name, name) for name in dataset.info.classes}


def quarantined(dataset: PreparedDataset, most: int = 200) -> list[tuple[str, str]]:
    """Files that could not be read, with the reason."""
    file = dataset.path / QUARANTINE
    if not file.is_file():
        return []
    rows = (cells for _, cells in read_table(file))
    return [(row["file"], row["reason"]) for row, _ in zip(rows, range(most), strict=False)]
