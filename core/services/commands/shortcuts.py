"""Measure how well labels are predicted without the images, by scanner or brightness alone."""

import argparse
from typing import Any

from core.datasets.prepared import open_prepared
from core.services.dataset_shortcuts import dataset_shortcuts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="NAME")
    parser.add_argument("--seed", type=int, default=0)


def run(args: argparse.Namespace) -> dict[str, Any]:
    return dataset_shortcuts(open_prepared(args.dataset), seed=args.seed)


def show(document: dict[str, Any]) -> str:
    lines = [_line(item) for item in document["shortcuts"]]
    telling = ", ".join(document["telling"])
    verdict = (
        f"A model of {document['dataset']} may learn these instead: {telling}."
        if telling
        else f"No property of {document['dataset']} tells the classes apart by itself."
    )
    where = f"AUC with 95% interval, {document['images']} images of {document['patients']} patients"
    return "\n".join([*lines, where, verdict])


def _line(item: dict[str, Any]) -> str:
    found = item["auc"]
    if not found:
        return f"{item['title']:18} {item['note']}"
    figure = f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
    return f"{item['title']:18} {figure}  {item['note']}"
