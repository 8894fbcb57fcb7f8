"""Ask a model about image files or whole exams; --heatmap also draws what it looked at."""

import argparse
from pathlib import Path
from typing import Any

from core.domain.cases import FACTS
from core.domain.prediction import Prediction
from core.errors import ImageError, InputError
from core.services import decoding, questions
from core.services.catalogue import bundle
from core.services.commands import _exams
from core.services.commands._targets import new_file, new_folder, write
from core.services.gathering import Item, gather
from core.services.overlay import PALETTES, as_png
from core.services.worklist import as_csv, by_suspicion
from core.services.worklist_row import Row, answered, unreadable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="a name that `bundles` lists")
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="images, folders and zips of them"
    )
    parser.add_argument(
        "--heatmap", type=new_folder, metavar="DIR", help="write overlays here, as PNG"
    )
    parser.add_argument(
        "--csv",
        type=new_file,
        metavar="FILE",
        help="write a table, the most suspicious first",
    )
    parser.add_argument("--target", help="the class the heatmap speaks for")
    parser.add_argument("--method", help="how the heatmap is made, such as hires-cam")
    parser.add_argument("--palette", choices=list(PALETTES), default="magma")
    _exams.add_arguments(parser)


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    if bundle(args.model).card.kind == "exam":
        return _exams.predict(args)
    if args.table or _exams.told(args):
        raise InputError(
            f"{args.model!r} looks at one image and is told nothing else. Leave out --table, "
            f"{', '.join(f'--{name}' for name in FACTS)}."
        )
    questions.check(args.model, target=args.target, method=args.method)
    if args.heatmap:
        args.heatmap.mkdir(parents=True, exist_ok=True)
    decoding.warm_up()
    rows: list[Row] = []
    found = [_one(item, number, args, rows) for number, item in enumerate(gather(args.files))]
    if args.csv:
        write(args.csv, as_csv(by_suspicion(rows), args.model))
    return found


def show(document: list[dict[str, Any]]) -> str:
    return "\n".join(_line(item) for item in document)


def exit_code(document: list[dict[str, Any]]) -> int:
    """Bad input only when not a single file could be read."""
    return 2 if all("error" in item or item.get("files") == [] for item in document) else 0


def _one(item: Item, number: int, args: argparse.Namespace, rows: list[Row]) -> dict[str, Any]:
    try:
        prediction = questions.ask(
            item.read(),
            args.model,
            heatmap=args.heatmap is not None,
            target=args.target,
            method=args.method,
        )
    except ImageError as fault:
        rows.append(unreadable(item, fault))
        return {"file": item.name, "error": {"code": fault.code, "message": str(fault)}}
    if args.csv:
        rows.append(answered(item, prediction))
    document = {"file": item.name, **prediction.to_document(), "heatmap": None}
    if args.heatmap and prediction.heatmap and not prediction.heatmap.empty:
        document["heatmap"] = str(
            _draw(prediction, args.heatmap / f"{number:04d}-{item.stem}.png", args)
        )
    return document


def _draw(prediction: Prediction, target: Path, args: argparse.Namespace) -> Path:
    if prediction.heatmap is None:
        raise InputError("There is no heatmap to draw.")
    target.write_bytes(as_png(prediction.mammogram.pixels, prediction.heatmap.values, args.palette))
    return target


def _line(item: dict[str, Any]) -> str:
    if "breasts" in item:
        return _exams.lines(item)
    if "error" in item:
        return f"{item['file']}: {item['error']['message']}"
    if item["label"] is None:
        return f"{item['file']}: no answer. {' '.join(item['fitness']['reasons'])}"
    shares = ", ".join(f"{name} {p:.1%}" for name, p in item["probabilities"].items())
    warning = " ".join(item["fitness"]["reasons"])
    return f"{item['file']}: {item['label']} ({shares})" + (f"  {warning}" if warning else "")
