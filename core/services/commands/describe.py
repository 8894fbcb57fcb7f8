"""Count what a prepared dataset is made of: classes, views, density, age, machines, sizes."""

import argparse
from typing import Any

from core.datasets.prepared import open_prepared
from core.services import composition


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="NAME")


def run(args: argparse.Namespace) -> dict[str, Any]:
    return composition.describe(open_prepared(args.dataset))


def show(document: dict[str, Any]) -> str:
    kind = "synthetic images" if document["synthetic"] else "images"
    head = f"{document['name']}: {document['images']} {kind} of {document['patients']} patients"
    lines = [head, "", *_table("class", {k: {"": n} for k, n in _classes(document).items()})]
    for name, counts in document["counts"].items():
        if len(counts) > 1:
            lines += ["", *_table(name, counts)]
    return "\n".join(lines)


def _classes(document: dict[str, Any]) -> dict[str, int]:
    return dict(document["images_by_class"])


def _table(name: str, counts: dict[str, dict[str, int]]) -> list[str]:
    columns = list(next(iter(counts.values())))
    widths = [max(9, len(column) + 2) for column in columns]
    heading = "".join(f"{column:>{width}}" for column, width in zip(columns, widths, strict=True))
    rows = [
        f"{value!s:<24}" + "".join(f"{row[c]:>{w}}" for c, w in zip(columns, widths, strict=True))
        for value, row in counts.items()
    ]
    return [f"{name:<24}{heading}", *rows]
