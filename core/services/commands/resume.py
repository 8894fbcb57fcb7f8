"""Go on with a run, cross-validation group or study that has not come to its end."""

import argparse
from typing import Any

from core.services import runs
from core.services.commands import _run_output, _several


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run, group or study, by its name")
    parser.add_argument("--wait", action="store_true", help="stay until the run has ended")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if together := _several.kind(args.run):
        return together.resume(args.run, wait=args.wait)
    folder = runs.resume(args.run)
    if args.wait:
        runs.wait(folder, _run_output.Ticker())
    return runs.describe(folder)


show = _several.sentence
exit_code = _run_output.code
