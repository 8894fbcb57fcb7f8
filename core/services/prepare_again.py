"""Prepares a dataset once more, the way a model learned it, beside the one there is."""

from pathlib import Path

from core.datasets.prepare import prepare_dataset
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import PatchPlan, PrepareRequest, Source
from core.domain.tasks import TASKS
from core.errors import DatasetError
from core.services.answers import Progress
from core.services.subjects import Subject


def prepared_for(
    item: Subject, dataset: str, *, workers: int = 1, progress: Progress = lambda done, total: None
) -> PreparedDataset:
    """From the same files; goes on where an earlier call stopped, and is done once only."""
    request = request_for(item, open_prepared(dataset))
    return prepare_dataset(request, workers, watch=lambda seen: progress(seen.done, seen.total))


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
        name=f"{info.name}-for-{item.name}"[:60].rstrip("-_"),
        sources=sources,
        spec=item.spec,
        task=item.task if item.task in TASKS else info.task,
        views=tuple(options.get("views", ())),
        limit=options.get("limit"),
        patches=PatchPlan(**patches) if patches else None,
    )
