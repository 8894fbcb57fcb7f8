"""Read the headers of a dataset's files into one table that names no person."""

import argparse
from typing import Any

from core.datasets.prepared import open_prepared
from core.services import headers
from core.services.commands._counting import Counter
from core.services.header_facts import TITLES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="NAME")
    parser.add_argument("--sample", type=int, metavar="N", help="only N files, nothing is kept")


def run(args: argparse.Namespace) -> dict[str, Any]:
    dataset = open_prepared(args.dataset)
    if args.sample:
        table = headers.sample(dataset, max(1, args.sample))
    else:
        table = headers.read_all(dataset, Counter("files"))
    found = headers.summary(table)
    return {
        "name": args.dataset,
        "files": len(table),
        "facts": found.astype(object).where(found.notna(), None).to_dict(orient="records"),
    }


def show(document: dict[str, Any]) -> str:
    lines = [
        f"{TITLES.get(fact['fact'], fact['fact']):<24} {fact['share']:>6.0%}  "
        f"{fact['values']:>6} values  {fact['commonest']}"
        for fact in document["facts"]
    ]
    return "\n".join([f"{document['files']} files of {document['name']}", *lines])
