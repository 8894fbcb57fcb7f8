"""Go on with a run that was stopped, interrupted or has failed."""

import argparse
from typing import Any

from core.services import runs
from core.services.commands import _run_output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="its id, or the beginning of it")
    parser.add_argument("--wait", action="store_true", help="stay until the run has ended")


def run(args: argparse.Namespace) -> dict[str, Any]:
    folder = runs.resume(args.run)
    if args.wait:
        runs.wait(folder, _run_output.Ticker())
    return runs.describe(folder)


show = _run_output.sentence
exit_code = _run_output.code
