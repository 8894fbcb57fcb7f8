"""Show what people thought of answers and heatmaps; --csv prints it as a table."""

import argparse
from typing import Any

from core.services import feedback


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--csv", action="store_true", help="print a table for a spreadsheet")


def run(args: argparse.Namespace) -> list[dict[str, Any]] | str:
    return feedback.as_csv() if args.csv and not args.json else feedback.every()


def show(document: list[dict[str, Any]] | str) -> str:
    if isinstance(document, str):
        return document.rstrip("\n")
    return "\n".join(_line(item) for item in document) or "No feedback yet."


def _line(item: dict[str, Any]) -> str:
    ratings = f"heatmap {item['heatmap_rating'] or '-'}, result {item['result_rating'] or '-'}"
    doubtful = ", doubtful" if item["doubtful"] else ""
    return (
        f"{item['at']}  {item['model']}: {item['label']}, {ratings}{doubtful}  {item['comment']}"
    ).rstrip()
