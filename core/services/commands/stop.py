"""Stop a run, cross-validation group or study after the step under way; it can be resumed."""

import argparse
from typing import Any

from core.domain.runs import RunStatus
from core.errors import InputError
from core.services import ending, runs
from core.services.commands import _several


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run, group or study, by its name")
    parser.add_argument(
        "--now", action="store_true", help="end its process, losing the latest work"
    )
    parser.add_argument("--wait", action="store_true", help="stay until it has stopped")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if together := _several.kind(args.run):
        if args.now:
            raise InputError("--now ends one run at once. Name the run, or leave out --now.")
        return together.stop(args.run, wait=args.wait)
    folder = ending.now(args.run) if args.now else runs.stop(args.run)
    if args.wait:

        def insist(_: RunStatus) -> None:
            ending.if_deaf(folder.id)

        runs.wait(folder, insist)
    return runs.describe(folder)


show = _several.sentence
