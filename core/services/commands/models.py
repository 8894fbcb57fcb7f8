"""List the networks that can be trained."""

import argparse
from dataclasses import asdict
from typing import Any

from core.models import catalogue


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    return [asdict(listing) for listing in catalogue.listings()]


def show(document: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{item['name']:20} {item['default_size']:>4} pixels  "
        f"{_millions(item['parameters']):>7}  {item['title']}"
        for item in document
    )


def _millions(count: int | None) -> str:
    return f"{count / 1e6:.2f} M" if count else ""
