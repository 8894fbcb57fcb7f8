"""Find copies of an image, and patients, that lie on both sides of a split."""

import argparse
import os
import sys
from typing import Any

from core.datasets.leakage.check import leakage
from core.datasets.prepared import open_prepared

LINES_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="NAME")
    parser.add_argument("--split", default="default", help="the split to look across")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)


def run(args: argparse.Namespace) -> dict[str, Any]:
    dataset = open_prepared(args.dataset)
    return leakage(dataset, args.split, threads=max(1, args.threads), watch=_tell)


def show(document: dict[str, Any]) -> str:
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


def _tell(stage: str, done: int, total: int) -> None:
    if done % 200 == 0 or done == total:
        print(f"{done}/{total} images, {stage}", file=sys.stderr, flush=True)
