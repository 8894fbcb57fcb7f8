"""List the prepared datasets, or delete one."""

import argparse
from typing import Any

from core.services.datasets import delete, listing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--delete", metavar="NAME", help="remove a prepared dataset for good")


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    if args.delete is not None:
        delete(args.delete)
    return listing()


def show(document: list[dict[str, Any]]) -> str:
    if not document:
        return (
            "No dataset is prepared yet. Make one: python -m core prepare FORMAT PATH --name NAME"
        )
    return "\n".join(
        f"{item['name']:24} {item['state']:12} {item['images']:>8} images  "
        f"{item['patients'] or '?':>7} patients  {item['format']}  {item['task']}"
        for item in document
    )
