"""What people wrote beside the cases of a dataset: list it, add to it, take it along."""

import argparse
from typing import Any

from core.datasets.prepared import open_prepared
from core.errors import InputError
from core.services import case_notes
from core.services.commands._targets import new_file, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset")
    parser.add_argument("--image", metavar="ID", help="write about this image")
    parser.add_argument("--flag", default="", choices=case_notes.FLAGS)
    parser.add_argument("--note", default="", help="empty, without a flag, takes the note away")
    parser.add_argument("--csv", type=new_file, metavar="FILE", help="write all notes as a table")


def run(args: argparse.Namespace) -> dict[str, Any]:
    dataset = open_prepared(args.dataset)
    if args.image:
        if args.image not in set(dataset.index["image_id"]):
            raise InputError(f"{args.dataset!r} has no image {args.image!r}. Check the name.")
        case_notes.write(args.dataset, args.image, flag=args.flag, note=args.note)
    elif args.flag or args.note:
        raise InputError("A note belongs to an image. Say which: --image ID.")
    table = case_notes.table(args.dataset)
    if args.csv:
        write(args.csv, table.to_csv(index=False))
    return {"dataset": args.dataset, "notes": table.to_dict("records")}


def show(document: dict[str, Any]) -> str:
    lines = [
        "  ".join(filter(None, [one["image_id"], one["flag"], one["note"]]))
        for one in document["notes"]
    ]
    return "\n".join(lines) or f"Nothing is noted about {document['dataset']}."
