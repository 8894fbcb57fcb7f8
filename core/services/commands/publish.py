"""Make a model others can use from a run or a cross-validation: network, card, figures."""

import argparse
import sys
from typing import Any

from core.disk import amount
from core.services.card_texts import CardTexts
from core.services.publish import publish


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run",
        metavar="RUN",
        help="a run, or a cross-validation, whose networks then answer together; its id, or the "
        "beginning of it",
    )
    parser.add_argument("name", metavar="NAME", help="of the new model, such as my-model")
    parser.add_argument("--title", default="", help="a name for people")
    parser.add_argument("--intended-use", default="", metavar="TEXT", help="what it is for")
    parser.add_argument(
        "--limitation",
        dest="limitations",
        action="append",
        default=[],
        metavar="SENTENCE",
        help="added to those the program finds; may be repeated",
    )
    parser.add_argument("--replace", action="store_true", help="overwrite a model of that name")


def run(args: argparse.Namespace) -> dict[str, Any]:
    texts = CardTexts(args.title, args.intended_use, tuple(args.limitations))
    return publish(args.run, args.name, texts=texts, replace=args.replace, told=_tell)


def _tell(done: int, total: int) -> None:
    print(f"{done}/{total} steps", file=sys.stderr, flush=True)


def show(document: dict[str, Any]) -> str:
    auc = document["metrics"].get("auc")
    found = f" AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})," if auc else ""
    networks = f"{document['networks']} networks, " if "networks" in document else ""
    return (
        f"Model {document['model']}:{found} on the {document['measured_on']}.\n"
        f"{document['path']} ({networks}{amount(document['bytes'])})"
    )
