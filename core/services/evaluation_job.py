"""An evaluation that may take long, in a process that a page only watches.

What it leaves behind are the models' answers, the scores of their heatmaps and, if asked
for, the report: evaluating again afterwards is quick.
"""

from collections.abc import Sequence
from pathlib import Path

from core.services import background, phantom_sets
from core.services.background import Errand, Job
from core.services.judgeable import is_own
from core.services.prepare_for import again_name
from core.services.subjects import subject

KIND = "evaluate"
# Enough patients for groups to mean something, few enough for a minute or two.
PATIENTS = 60
# None that the shipped model learned from.
SEED = 31


def start(
    models: Sequence[str],
    dataset: str,
    *,
    split: str | None = None,
    part: str | None = None,
    heatmaps: bool = False,
    methods: Sequence[str] = (),
    search_copies: bool = False,
    html: str | None = None,
) -> Job:
    chosen = [*models, "--dataset", dataset]
    for name, value in (("--split", split), ("--part", part), ("--html", html)):
        chosen += [name, value] if value else []
    chosen += ["--heatmaps"] if heatmaps else []
    for name in methods:
        chosen += ["--method", name]
    chosen += ["--search-copies"] if search_copies else []
    title = f"Evaluating {' and '.join(models)} on {dataset}"
    return _begin(models, dataset, title, [_ask(models, chosen)])


def start_again(model: str, dataset: str) -> str:
    """Prepares the set the way the model learned it first; its new name."""
    name = again_name(subject(model), dataset)
    chosen = [model, "--dataset", dataset, "--prepare-again"]
    title = f"Preparing {dataset} for {model}, and evaluating"
    _begin([model], name, title, [_ask([model], chosen)])
    return name


def start_folder(model: str, folder: Path, name: str) -> str:
    """Prepares a labelled folder under this name, then evaluates on it."""
    chosen = [model, "--folder", str(folder), "--name", name]
    title = f"Preparing {folder.name}, and evaluating {model}"
    _begin([model], name, title, [_ask([model], chosen)])
    return name


def start_phantom(model: str, patients: int = PATIENTS) -> str:
    """From nothing to figures: draws synthetic patients, prepares them, asks the model."""
    name = phantom_sets.free_name("phantom-cases")
    images = phantom_sets.folder(name)
    draw = phantom_sets.errands(name, images, patients, 0.5, SEED)[0]
    chosen = [model, "--folder", str(images), "--name", name]
    title = f"Trying {model} on a new phantom set"
    _begin([model], name, title, [draw, _ask([model], chosen)])
    return name


def start_search(model: str, dataset: str, split: str | None, part: str | None) -> Job:
    """Looks for near-duplicates of the images that the model learned from."""
    if is_own(model, dataset):
        errand = Errand("Comparing images", ("leakage", dataset))
        title = f"Looking for copies in {dataset}"
        return _begin([model], dataset, title, [errand])
    return start([model], dataset, split=split, part=part, search_copies=True)


def _ask(models: Sequence[str], chosen: Sequence[str]) -> Errand:
    title = "Asking the model" if len(models) == 1 else "Asking the models"
    return Errand(title, ("evaluate", *chosen))


def _begin(models: Sequence[str], dataset: str, title: str, errands: Sequence[Errand]) -> Job:
    return background.start(KIND, about(models, dataset), title, errands)


def latest(models: Sequence[str], dataset: str) -> Job | None:
    return background.latest(KIND, about(models, dataset))


def about(models: Sequence[str], dataset: str) -> str:
    return f"{'+'.join(models)} on {dataset}"
