"""Ask a model about image files; with --heatmap, also draw what it looked at."""

import argparse
from pathlib import Path
from typing import Any

import cv2

from core.domain.prediction import Prediction
from core.errors import ImageError, InputError
from core.services.catalogue import bundle
from core.services.diagnose import analyse, preview
from core.services.overlay import PALETTES, overlay


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="a name that `bundles` lists")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--heatmap", type=Path, metavar="DIR", help="write overlays here, as PNG")
    parser.add_argument("--target", help="the class the heatmap speaks for")
    parser.add_argument("--palette", choices=list(PALETTES), default="magma")


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    bundle(args.model)
    if args.heatmap:
        args.heatmap.mkdir(parents=True, exist_ok=True)
    return [_one(file, number, args) for number, file in enumerate(args.files)]


def show(document: list[dict[str, Any]]) -> str:
    return "\n".join(_line(item) for item in document)


def exit_code(document: list[dict[str, Any]]) -> int:
    """Bad input only when not a single file could be read."""
    return 2 if all("error" in item for item in document) else 0


def _one(file: Path, number: int, args: argparse.Namespace) -> dict[str, Any]:
    try:
        prediction = analyse(
            preview(_read(file), file.name),
            args.model,
            heatmap=args.heatmap is not None,
            target=args.target,
        )
    except ImageError as fault:
        return {"file": str(file), "error": {"code": fault.code, "message": str(fault)}}
    item = {"file": str(file), **prediction.to_document(), "heatmap": None}
    if args.heatmap and prediction.heatmap and not prediction.heatmap.empty:
        item["heatmap"] = str(
            _draw(prediction, args.heatmap / f"{number:04d}-{file.stem}.png", args)
        )
    return item


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise ImageError(f"{file} cannot be read: {fault.strerror}.") from None


def _draw(prediction: Prediction, target: Path, args: argparse.Namespace) -> Path:
    if prediction.heatmap is None:
        raise InputError("There is no heatmap to draw.")
    picture = overlay(prediction.mammogram.pixels, prediction.heatmap.values, palette=args.palette)
    target.write_bytes(cv2.imencode(".png", picture[..., ::-1])[1].tobytes())
    return target


def _line(item: dict[str, Any]) -> str:
    if "error" in item:
        return f"{item['file']}: {item['error']['message']}"
    if item["label"] is None:
        return f"{item['file']}: no answer. {' '.join(item['fitness']['reasons'])}"
    shares = ", ".join(f"{name} {p:.1%}" for name, p in item["probabilities"].items())
    warning = " ".join(item["fitness"]["reasons"])
    return f"{item['file']}: {item['label']} ({shares})" + (f"  {warning}" if warning else "")
