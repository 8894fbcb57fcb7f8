"""Make a model others can use from a run: network, card, figures, operating point."""

import argparse
from typing import Any

from core.services.publish import publish


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="its id, or the beginning of it")
    parser.add_argument("name", metavar="NAME", help="of the new model, such as my-model")
    parser.add_argument("--title", default="", help="a name for people")
    parser.add_argument("--replace", action="store_true", help="overwrite a model of that name")


def run(args: argparse.Namespace) -> dict[str, Any]:
    return publish(args.run, args.name, title=args.title, replace=args.replace)


def show(document: dict[str, Any]) -> str:
    auc = document["metrics"].get("auc")
    found = f" AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})," if auc else ""
    return (
        f"Model {document['model']}:{found} on the {document['measured_on']}.\n{document['path']}"
    )
