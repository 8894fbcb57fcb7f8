"""Stop a run after the step under way; it can be resumed."""

import argparse
from typing import Any

from core.domain.runs import RunStatus
from core.services import runs
from core.services.commands import _run_output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="its id, or the beginning of it")
    parser.add_argument(
        "--now", action="store_true", help="end its process, losing the latest work"
    )
    parser.add_argument("--wait", action="store_true", help="stay until it has stopped")


def run(args: argparse.Namespace) -> dict[str, Any]:
    folder = runs.end_now(args.run) if args.now else runs.stop(args.run)
    if args.wait:

        def insist(_: RunStatus) -> None:
            runs.end_if_deaf(folder.id)

        runs.wait(folder, insist)
    return runs.describe(folder)


show = _run_output.sentence
