"""What to train, as several commands take it: a dataset with a recipe, or a run or preset."""

import argparse

from core.datasets.prepared import open_prepared
from core.domain.training import TrainConfig
from core.errors import InputError
from core.services import presets
from core.training import config
from core.training.run_folder import find_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", default="", metavar="NAME", help="a prepared dataset")
    parser.add_argument("--recipe", default="", metavar="R", help="see: python -m core recipes")
    parser.add_argument("--model", default="", metavar="M", help="replaces the recipe's")
    parser.add_argument("--like", default="", metavar="RUN", help="with the settings of a run")
    parser.add_argument("--preset", default="", metavar="P", help="with the settings of a preset")
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting, such as epochs=5; may be repeated",
    )


def given(args: argparse.Namespace) -> bool:
    return bool(args.dataset or args.like or args.preset)


def chosen(args: argparse.Namespace) -> TrainConfig:
    settings = config.parse(args.settings)
    if args.like or args.preset:
        if args.recipe or args.model or args.dataset or settings:
            raise InputError(
                "--like and --preset bring all settings along; leave out --dataset, --recipe, "
                "--model and --set, or save a preset with the changes first."
            )
        return find_run(args.like).config() if args.like else presets.load(args.preset)
    if not args.dataset:
        raise InputError("Name what to train: --dataset NAME, --like RUN or --preset P.")
    return config.resolve(
        open_prepared(args.dataset), recipe=args.recipe, model=args.model, settings=settings
    )
