"""List the models that can be asked: those shipped and those published from runs."""

import argparse
from typing import Any

from core.services.catalogue import bundles

ASKED_ABOUT = {"image": "one image", "exam": "whole exams", "patch": "patches"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    return [
        {
            "name": item.name,
            "title": item.card.title,
            "kind": item.card.kind,
            "classes": [c.name for c in item.card.classes],
            "shipped": item.shipped,
            "synthetic": item.card.data.synthetic,
            "metrics": {
                k: {"value": m.value, "low": m.low, "high": m.high, "n": m.n}
                for k, m in item.card.metrics.items()
            },
            "measured_on": item.card.measured_on,
        }
        for item in bundles()
    ]


def show(document: list[dict[str, Any]]) -> str:
    if not document:
        return "No models yet. Train one, then: python -m core publish RUN NAME"
    return "\n".join(
        f"{item['name']:28} {ASKED_ABOUT[item['kind']]:12} {item['title']}" for item in document
    )
