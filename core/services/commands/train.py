"""Train a model on a prepared dataset, as a process that outlives this one."""

import argparse
from typing import Any

from core.datasets.prepared import open_prepared
from core.services import runs
from core.services.commands import _run_output
from core.training import config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", required=True, metavar="NAME", help="a prepared dataset")
    parser.add_argument("--recipe", default="", metavar="R", help="see: python -m core recipes")
    parser.add_argument(
        "--model", default="", metavar="M", help="replaces the recipe's; see: python -m core models"
    )
    parser.add_argument("--split", default="", metavar="S", help="a split of the dataset")
    parser.add_argument("--title", default="", help="a name for people")
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting, such as epochs=5 or augmentation.flip=true; may be repeated",
    )
    parser.add_argument("--wait", action="store_true", help="stay until the run has ended")


def run(args: argparse.Namespace) -> dict[str, Any]:
    settings = config.parse(args.settings)
    settings |= {name: value for name in ("split", "title") if (value := getattr(args, name))}
    chosen = config.resolve(
        open_prepared(args.dataset), recipe=args.recipe, model=args.model, settings=settings
    )
    folder = runs.start(chosen)
    if args.wait:
        runs.wait(folder, _run_output.Ticker())
    return runs.describe(folder)


show = _run_output.sentence
exit_code = _run_output.code
