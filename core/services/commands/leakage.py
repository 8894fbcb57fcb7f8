"""Find copies of an image, and patients, that lie on both sides of a split."""

import argparse
import os
import sys
from typing import Any

from core.datasets.leakage.check import leakage
from core.datasets.prepared import open_prepared
from core.errors import InputError
from core.services.copies_demonstration import demonstrate

LINES_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="NAME", nargs="?")
    parser.add_argument("--split", default="default", help="the split to look across")
    parser.add_argument(
        "--demonstrate",
        action="store_true",
        help="show what rotated copies do to an accuracy, on NAME or on synthetic mammograms",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.demonstrate:
        return demonstrate(args.dataset, threads=max(1, args.threads), watch=_tell)
    if args.dataset is None:
        raise InputError(
            "Name a prepared dataset to search; python -m core datasets lists them. Without one "
            "there is --demonstrate."
        )
    dataset = open_prepared(args.dataset)
    return leakage(dataset, args.split, threads=max(1, args.threads), watch=_tell)


def show(document: dict[str, Any]) -> str:
    if "random_split" in document:
        return _show_demonstration(document)
    across = document["across"]
    lines = [
        f"{', '.join(item['images'])}: {item['kind']} in {' and '.join(sorted(set(item['parts'])))}"
        for item in across[:LINES_SHOWN]
    ]
    if len(across) > LINES_SHOWN:
        lines.append(f"... and {len(across) - LINES_SHOWN} more; --json lists them all.")
    verdict = (
        f"{len(across)} groups lie on both sides of the split {document['split']!r}. Split again: "
        f"python -m core split {document['dataset']} --name {document['split']}"
        if across
        else f"Nothing lies on both sides of the split {document['split']!r}."
    )
    found = f"{document['groups']} groups of copies among {document['images']} images."
    return "\n".join([*lines, found, verdict])


def _show_demonstration(document: dict[str, Any]) -> str:
    def accuracy(kind: str) -> str:
        return f"{document[kind]['accuracy']:.3f} (deviation {document[kind]['deviation']:.3f})"

    return "\n".join(
        [
            f"{document['images']} images of {document['dataset']}, each stored "
            f"{document['copies']} times, rotated.",
            f"All copies found and brought together: {document['brought_together']:.1%} of images.",
            "",
            "Accuracy of one classifier (the most alike training image) on unseen images:",
            f"  random split           {accuracy('random_split')}",
            f"  copies kept together   {accuracy('copies_together')}",
            f"  always the commonest   {document['commonest_class']:.3f}",
        ]
    )


def _tell(stage: str, done: int, total: int) -> None:
    if done % 200 == 0 or done == total:
        print(f"{done}/{total} images, {stage}", file=sys.stderr, flush=True)
