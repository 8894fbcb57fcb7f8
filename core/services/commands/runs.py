"""List the runs, the newest first; delete one, or change the order of those that wait."""

import argparse
from typing import Any

from core.services import queue, runs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--delete", metavar="RUN", help="remove a run for good")
    act.add_argument(
        "--move", nargs=2, metavar=("RUN", "WAY"), help="in the queue: first, up, down or last"
    )


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    if args.delete:
        runs.delete(args.delete)
    if args.move:
        queue.move(args.move[0], queue.way(args.move[1]))
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
