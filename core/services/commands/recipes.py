"""List the recipes: published systems as settings, ready to train."""

import argparse
from dataclasses import asdict
from typing import Any

from core.training.recipe import RECIPES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    return [asdict(entry.load()) for entry in RECIPES]


def show(document: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{item['name']:24} {item['system']}  {item['title']}: {item['summary']}"
        for item in document
    )
