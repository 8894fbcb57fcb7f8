"""List the recipes: published systems as settings, ready to train."""

import argparse
from dataclasses import asdict
from typing import Any

from core.training import recipe_page
from core.training.recipe import RECIPES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--page", action="store_true", help="print them as a page of text")


def run(args: argparse.Namespace) -> list[dict[str, Any]] | str:
    if args.page:
        return recipe_page.page()
    return [asdict(entry.load()) for entry in RECIPES]


def show(document: list[dict[str, Any]] | str) -> str:
    if isinstance(document, str):
        return document.rstrip("\n")
    return "\n".join(
        f"{item['name']:24} {item['system']}  {item['title']}: {item['summary']}"
        for item in document
    )
