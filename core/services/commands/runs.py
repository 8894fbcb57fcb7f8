"""List the runs, the newest first, or delete one."""

import argparse
from typing import Any

from core.services import runs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--delete", metavar="RUN", help="remove a run for good")


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    if args.delete:
        runs.delete(args.delete)
    return runs.listing()


def show(document: list[dict[str, Any]]) -> str:
    if not document:
        return "No runs yet. Start one: python -m core train --dataset NAME"
    return "\n".join(_line(item) for item in document)


def _line(item: dict[str, Any]) -> str:
    if "model" not in item:
        return f"{item['run']:20} {item['state']:12} {item['reason']}"
    best = item["best"]
    found = f"{best['metric']} {best['value']:.3f} (epoch {best['epoch']})" if best else "-"
    done = f"{item['epoch']}/{item['epochs']}"
    return (
        f"{item['run']:20} {item['state']:12} {done:>8}  {item['model']:16} "
        f"{item['dataset']:20} {found}"
    )
