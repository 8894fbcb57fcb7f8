"""List the dataset formats that can be read."""

import argparse
from typing import Any

from core.datasets.base import FORMATS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    return [
        {
            "name": entry.name,
            "summary": entry.summary,
            "default_task": entry.load().default_task,
            "options": dict(entry.load().options),
            "terms": entry.load().terms,
        }
        for entry in FORMATS
    ]


def show(document: list[dict[str, Any]]) -> str:
    return "\n".join(f"{item['name']:15} {item['summary']}" for item in document)
