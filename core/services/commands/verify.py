"""Check a dataset's folder and name every file and row that is wrong."""

import argparse
from pathlib import Path
from typing import Any

from core.datasets.base import open_reader
from core.datasets.verify import verify
from core.services.dataset_options import add_format, chosen_options

LINES_SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_format(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    reader = open_reader(
        args.format, Path(args.path), chosen_options([words for _, words in args.option])
    )
    problems = [problem.to_document() for problem in verify(reader)]
    return {"ok": not any(problem["fatal"] for problem in problems), "problems": problems}


def show(document: dict[str, Any]) -> str:
    problems = document["problems"]
    lines = [_line(problem) for problem in problems[:LINES_SHOWN]]
    if len(problems) > LINES_SHOWN:
        lines.append(f"... and {len(problems) - LINES_SHOWN} more; --json lists them all.")
    verdict = "can be prepared" if document["ok"] else "cannot be prepared"
    return "\n".join([*lines, f"The set {verdict}; {len(problems)} problems found."])


def exit_code(document: dict[str, Any]) -> int:
    return 0 if document["ok"] else 2


def _line(problem: dict[str, Any]) -> str:
    row = f", row {problem['row']}" if problem["row"] else ""
    return f"{'FATAL ' if problem['fatal'] else ''}{problem['file']}{row}: {problem['message']}"
