"""Train a model on a prepared dataset, as a process that outlives this one."""

import argparse
from dataclasses import replace
from typing import Any

from core.errors import ConfigError
from core.services import estimate, launching, preflight, presets, runs
from core.services.commands import _run_output
from core.services.launching import Draft
from core.training import config
from core.training.run_folder import find_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", default="", metavar="NAME", help="a prepared dataset")
    parser.add_argument("--recipe", default="", metavar="R", help="see: python -m core recipes")
    parser.add_argument(
        "--model", default="", metavar="M", help="replaces the recipe's; see: python -m core models"
    )
    parser.add_argument("--split", default="", metavar="S", help="a split of the dataset")
    parser.add_argument("--title", default="", help="a name for people")
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--from", dest="run", metavar="RUN", help="begin with an earlier run's")
    begin.add_argument("--preset", metavar="P", help="begin with a saved preset")
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting, such as epochs=5 or augmentation.flip=true; may be repeated",
    )
    parser.add_argument(
        "--estimate", action="store_true", help="measure time and memory on a few steps, and end"
    )
    parser.add_argument("--save", metavar="P", help="keep these settings as a preset, and end")
    parser.add_argument("--wait", action="store_true", help="stay until the run has ended")


def run(args: argparse.Namespace) -> dict[str, Any]:
    chosen = launching.configure(draft(args))
    if args.save:
        presets.save(args.save, chosen)
        return {"preset": args.save, "training": chosen.to_dict()}
    preflight.refuse(chosen)
    if args.estimate:
        return estimate.measured(chosen).to_dict()
    folder = runs.start(chosen)
    if args.wait:
        runs.wait(folder, _run_output.Ticker())
    return runs.describe(folder)


def draft(args: argparse.Namespace) -> Draft:
    """What the words ask for; those given go over those of the run or preset begun from."""
    begun = _begun(args)
    given = config.parse(args.settings)
    given |= {name: value for name in ("split", "title") if (value := getattr(args, name))}
    chosen = replace(begun, settings={**begun.settings, **given})
    for name in ("dataset", "recipe", "model"):
        if value := getattr(args, name):
            chosen = replace(chosen, **{name: value})
    if not chosen.dataset:
        raise ConfigError(
            "No dataset was named. Give --dataset NAME; those prepared: python -m core datasets"
        )
    return chosen


def _begun(args: argparse.Namespace) -> Draft:
    if args.run:
        return launching.draft_of(find_run(args.run).config())
    if args.preset:
        return launching.draft_of(presets.load(args.preset))
    return Draft("")


def show(document: dict[str, Any]) -> str:
    if "preset" in document:
        return f"Kept as the preset {document['preset']!r}."
    if "seconds_an_epoch" in document:
        return _estimated(document)
    return _run_output.sentence(document)


def _estimated(found: dict[str, Any]) -> str:
    lines = [
        f"About {found['seconds'] / 60:.1f} minutes on the {found['device']}: "
        f"{found['seconds_an_epoch']:.1f} s an epoch, {found['images_per_second']:.0f} images/s.",
        f"About {found['memory_bytes'] / 1e9:.1f} GB of memory; "
        f"{found['memory_free_bytes'] / 1e9:.1f} GB are free.",
    ]
    if found["gpu_bytes"]:
        lines.append(f"About {found['gpu_bytes'] / 1e9:.1f} GB of the GPU's memory.")
    return "\n".join(lines)


def exit_code(document: dict[str, Any]) -> int:
    return _run_output.code(document) if "state" in document else 0
