"""An evaluation that may take long, in a process that a page only watches.

What it leaves behind are the models' answers and, if asked for, the report: evaluating
again afterwards is quick.
"""

from collections.abc import Sequence

from core.services import background
from core.services.background import Errand, Job

KIND = "evaluate"


def start(
    models: Sequence[str],
    dataset: str,
    *,
    split: str | None = None,
    part: str | None = None,
    heatmaps: bool = False,
    search_copies: bool = False,
    html: str | None = None,
) -> Job:
    chosen = [*models, "--dataset", dataset]
    for name, value in (("--split", split), ("--part", part), ("--html", html)):
        chosen += [name, value] if value else []
    chosen += ["--heatmaps"] if heatmaps else []
    chosen += ["--search-copies"] if search_copies else []
    errand = Errand(
        "Asking the model" if len(models) == 1 else "Asking the models", ("evaluate", *chosen)
    )
    title = f"Evaluating {' and '.join(models)} on {dataset}"
    return background.start(KIND, about(models, dataset), title, [errand])


def latest(models: Sequence[str], dataset: str) -> Job | None:
    return background.latest(KIND, about(models, dataset))


def about(models: Sequence[str], dataset: str) -> str:
    return f"{'+'.join(models)} on {dataset}"
