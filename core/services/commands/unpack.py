"""Unpack a zip of images into the workspace, refusing what a zip should not hold."""

import argparse
from pathlib import Path
from typing import Any

from core.datasets.base import detect
from core.errors import InputError, MammolensError
from core.services import archives
from core.services.commands._counting import Counter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a zip file")
    parser.add_argument("--name", required=True, help="what the folder is called")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if not args.file.is_file():
        raise InputError(f"There is no file {args.file}. Give the path of a zip.")
    folder = archives.unpack(args.file, args.name, Counter("files"))
    return {"path": str(folder), "format": _format(folder)}


def _format(folder: Path) -> str | None:
    try:
        return detect(folder)
    except MammolensError:
        return None


def show(document: dict[str, Any]) -> str:
    known = document["format"] or "FORMAT"
    return (
        f"Unpacked into {document['path']}. Next: python -m core prepare {known} "
        f"{document['path']} --name NAME"
    )
