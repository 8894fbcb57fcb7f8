"""Make synthetic mammograms with known truth, in any of the layouts that can be read."""

import argparse
import os
import sys
from dataclasses import asdict
from typing import Any

from core.phantom.config import PhantomConfig
from core.phantom.layouts import LAYOUTS
from core.phantom.write import write_phantom
from core.services.commands._targets import new_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    usual = PhantomConfig()
    parser.add_argument("--patients", type=int, required=True, help="how many, four views each")
    parser.add_argument("--out", type=new_folder, required=True, help="a new or empty folder")
    parser.add_argument("--layout", default="folder", help=", ".join(LAYOUTS.names()))
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument(
        "--difficulty", type=float, default=usual.difficulty, help="0 (plain) to 1 (hard)"
    )
    parser.add_argument("--height", type=int, default=usual.height, help="of the images, in pixels")
    parser.add_argument("--workers", type=int, default=_cores(), help="processes side by side")


def run(args: argparse.Namespace) -> dict[str, Any]:
    config = PhantomConfig(
        seed=args.seed, patients=args.patients, height=args.height, difficulty=args.difficulty
    )
    summary = write_phantom(
        config, args.out, args.layout, workers=args.workers, progress=_say_how_far
    )
    return asdict(summary)


def show(document: dict[str, Any]) -> str:
    labels = ", ".join(f"{count} {label}" for label, count in document["labels"].items())
    return (
        f"Wrote {document['images']} synthetic images of {document['patients']} patients "
        f"to {document['path']} in {document['seconds']:.0f} s: {labels}."
    )


def _say_how_far(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\r{done} of {total} patients", end=end, file=sys.stderr, flush=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
