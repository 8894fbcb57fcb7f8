"""Divide a prepared dataset into training, validation and test, whole patients at a time."""

import argparse
from typing import Any

from core.datasets.copies import known_copies
from core.datasets.following import follow
from core.datasets.naming import check_name
from core.datasets.prepared import open_prepared
from core.datasets.splits import FRACTIONS, METHODS, make_split
from core.domain.dataset import SplitInfo
from core.errors import ConfigError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="NAME")
    parser.add_argument("--name", default="default", help="what the split is called")
    parser.add_argument("--method", default="fractions", choices=METHODS)
    parser.add_argument(
        "--fractions",
        nargs=3,
        type=float,
        default=FRACTIONS,
        metavar=("TRAIN", "VALIDATION", "TEST"),
    )
    parser.add_argument("--folds", type=int, metavar="K")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--like",
        metavar="OTHER[:SPLIT]",
        help="each patient goes where that dataset's split has it: for patches and whole images",
    )
    parser.add_argument(
        "--ignore-copies",
        action="store_true",
        help="do not keep together the copies that `leakage` found",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    dataset = open_prepared(args.dataset)
    train, validation, test = args.fractions
    method = "folds" if args.folds and args.method == "fractions" else args.method
    copies = {} if args.ignore_copies else known_copies(dataset)
    asked = SplitInfo(
        check_name(args.name, "split"),
        method,
        args.seed,
        (train, validation, test),
        args.folds,
        ("patient_id", "group", "copies") if copies else ("patient_id", "group"),
    )
    if args.like:
        if args.method != "fractions" or args.folds:
            raise ConfigError("--like takes the parts from another split: leave out --method.")
        name, _, split = args.like.partition(":")
        info, table = follow(dataset, asked, open_prepared(name), split or "default", copies)
    else:
        info, table = make_split(dataset.index, asked, copies)
    dataset.save_split(info, table)
    counts = table["part"].value_counts()
    return {
        "dataset": args.dataset,
        "split": info.name,
        "method": info.method,
        "images": {str(part): int(n) for part, n in counts.items()},
        "notes": list(info.notes),
    }


def show(document: dict[str, Any]) -> str:
    counts = ", ".join(f"{part} {n}" for part, n in document["images"].items())
    return "\n".join([f"{document['split']} ({document['method']}): {counts}", *document["notes"]])
