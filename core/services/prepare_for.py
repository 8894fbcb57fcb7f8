"""Prepares images the way a model learned them: a dataset once more, or a folder of one's own."""

import re
from pathlib import Path

from core.datasets.prepare import prepare_dataset
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import PatchPlan, PrepareRequest, Source
from core.domain.tasks import TASKS
from core.errors import DatasetError
from core.services import dataset_options
from core.services.answers import Progress
from core.services.subjects import Subject


def prepared_for(
    item: Subject, dataset: str, *, workers: int = 1, progress: Progress = lambda done, total: None
) -> PreparedDataset:
    """From the same files; goes on where an earlier call stopped, and is done once only."""
    request = request_for(item, open_prepared(dataset))
    return prepare_dataset(request, workers, watch=lambda seen: progress(seen.done, seen.total))


def prepared_folder(
    item: Subject,
    folder: Path,
    *,
    name: str = "",
    workers: int = 1,
    progress: Progress = lambda done, total: None,
) -> PreparedDataset:
    """A labelled folder that nothing was prepared from yet, whatever its format."""
    source = dataset_options.source("auto", str(folder))
    if item.task not in TASKS:
        raise DatasetError(
            f"{item.name!r} answers a question of its own ({item.task!r}). Prepare the folder "
            "with classes of the same names, then give --dataset."
        )
    request = PrepareRequest(name or folder_name(item, folder), (source,), item.spec, item.task)
    return prepare_dataset(request, workers, watch=lambda seen: progress(seen.done, seen.total))


def folder_name(item: Subject, folder: Path) -> str:
    """What a folder's dataset is called when nobody says."""
    stem = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "folder"
    return _joined(stem, item)


def again_name(item: Subject, dataset: str) -> str:
    return _joined(dataset, item)


def _joined(stem: str, item: Subject) -> str:
    return f"{stem}-for-{item.name}"[:60].rstrip("-_")


def request_for(item: Subject, data: PreparedDataset) -> PrepareRequest:
    info, options = data.info, data.info.options
    sources = tuple(Source(**raw) for raw in options.get("sources", ()))
    gone = [source.root for source in sources if not Path(source.root).exists()]
    if not sources or gone:
        raise DatasetError(
            f"{info.name!r} cannot be prepared again: {', '.join(gone) or 'its source'} is not at "
            "hand. Bring the folder back, or judge the model on another dataset."
        )
    patches = options.get("patches")
    return PrepareRequest(
        name=again_name(item, info.name),
        sources=sources,
        spec=item.spec,
        task=item.task if item.task in TASKS else info.task,
        views=tuple(options.get("views", ())),
        limit=options.get("limit"),
        patches=PatchPlan(**patches) if patches else None,
    )
