"""Turn a dataset's folder into arrays a network can read."""

import argparse
import os
import signal
import sys
import threading
from typing import Any

from core.datasets.progress import Progress
from core.datasets.spares import Spares
from core.domain.dataset import PatchPlan
from core.services import dataset_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    dataset_options.add_format(parser)
    parser.add_argument("--name", required=True, help="what the prepared dataset is called")
    parser.add_argument(
        "--add",
        nargs=2,
        action="append",
        default=[],
        metavar=("FORMAT", "PATH"),
        help="combine with another set; repeat for several, each with its --option after it",
    )
    parser.add_argument("--recipe", help="prepare as this recipe wants its data")
    parser.add_argument("--spec", help="a preprocessing by name, or a JSON file")
    parser.add_argument("--size", type=int, metavar="N", help="images of N x N pixels")
    parser.add_argument("--view", action="append", default=[], help="CC or MLO; all if not given")
    parser.add_argument("--task", help="the question a model will answer")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N images, whole patients")
    parser.add_argument("--patches", type=int, metavar="SIZE", help="squares instead of images")
    parser.add_argument("--margin", type=float, default=0.2, help="around a lesion, a share of it")
    parser.add_argument("--background", type=float, default=1.0, help="squares beside each lesion")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")


def run(args: argparse.Namespace) -> dict[str, Any]:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    workers = max(1, args.workers)
    with Spares(min(workers, os.cpu_count() or 1)) as spares:
        return _prepared(args, workers, spares, stopping)


def _prepared(
    args: argparse.Namespace, workers: int, spares: Spares, stopping: threading.Event
) -> dict[str, Any]:
    # What tables need is loaded here, while the workers load what decoding needs.
    from core.datasets.prepare import prepare_dataset

    patches = (
        PatchPlan(args.patches, args.margin, args.background) if args.patches is not None else None
    )
    sources = [
        dataset_options.source(name, path, [words for place, words in args.option if place == n])
        for n, (name, path) in enumerate([(args.format, args.path), *args.add])
    ]
    request = dataset_options.request(
        args.name,
        sources,
        recipe=args.recipe,
        spec=args.spec,
        size=args.size,
        views=args.view,
        task_name=args.task,
        limit=args.limit,
        patches=patches,
        seed=args.seed,
    )
    dataset = prepare_dataset(request, workers, watch=_tell, stop=stopping.is_set, spares=spares)
    info = dataset.info
    return {
        "name": info.name,
        "images": info.images,
        "patients": info.patients,
        "quarantined": info.quarantined,
        "left_out": info.options["left_out"],
        "seconds": info.seconds,
    }


def show(document: dict[str, Any]) -> str:
    left_out = "".join(f"\nLeft out, {why}: {n}" for why, n in document["left_out"].items())
    return (
        f"{document['name']}: {document['images']} images of {document['patients']} patients in "
        f"{document['seconds']:.1f} seconds, {document['quarantined']} in quarantine{left_out}"
    )


def _tell(progress: Progress) -> None:
    left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
    print(
        f"{progress.done}/{progress.total} images, {progress.per_second:.1f} a second{left}",
        file=sys.stderr,
        flush=True,
    )
