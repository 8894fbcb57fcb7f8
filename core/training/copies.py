"""Before a run learns anything: does the dataset hold copies that a split may have torn apart?

The search is done once for a dataset and kept beside it, so only a first run waits.
"""

from core.datasets.prepared import PreparedDataset
from core.training.reporter import Reporter


def look_for_copies(dataset: PreparedDataset, reporter: Reporter) -> None:
    """What is found is told by the data of the run; what hinders the search is told here."""
    try:
        from core.datasets.leakage.check import find_copies
    except ImportError as fault:
        reporter.note(f"Copies were not looked for: the library {fault.name!r} is not installed.")
        return

    def watch(stage: str, done: int, total: int) -> None:
        share = f" ({done / total:.0%})" if total else ""
        reporter.say(doing=f"Looking for copies{share}")

    try:
        find_copies(dataset, watch=watch)
    except OSError as fault:
        reporter.note(f"What the search for copies found could not be kept: {fault}.")
