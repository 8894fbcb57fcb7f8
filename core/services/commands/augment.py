"""Show how training would change an image at random, as examples on one picture."""

import argparse
from typing import Any

import cv2
import numpy as np

from core.datasets.prepared import open_prepared
from core.datasets.splits import check_seed
from core.domain.settings import decode
from core.domain.training import Augmentation
from core.errors import InputError, NotFound
from core.services import augmentation_preview as preview
from core.services.commands._targets import new_file, write
from core.training import config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="NAME")
    parser.add_argument("--image", help="an image's name; the first one if not given")
    parser.add_argument("--recipe", default=preview.NONE, help="begin with what this recipe does")
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="such as augmentation.rotation=10; may be repeated",
    )
    parser.add_argument("--count", type=int, default=11, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=new_file, required=True, help="a PNG file")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if not 1 <= args.count <= 99:
        raise InputError(f"{args.count} examples cannot be drawn. Allowed: 1 to 99.")
    check_seed(args.seed)
    dataset = open_prepared(args.dataset)
    names = dataset.index["image_id"]
    row = 0 if args.image is None else _place(names.to_list(), args.image)
    asked = _config(args.recipe, args.settings)
    pixels = preview.image(dataset, row)
    pictures = [pixels, *preview.variants(pixels, asked, args.count, args.seed)]
    _, data = cv2.imencode(".png", np.rint(preview.sheet(pictures) * 255).astype(np.uint8))
    write(args.out, bytes(data))
    return {"image": str(names.iloc[row]), "examples": args.count, "written": str(args.out)}


def _config(recipe: str, pairs: list[str]) -> Augmentation:
    presets = preview.presets()
    if recipe not in presets:
        raise NotFound(f"No recipe {recipe!r} changes images. Known: {', '.join(presets)}.")
    given = {k.removeprefix("augmentation."): v for k, v in config.parse(pairs).items()}
    return decode(Augmentation, {**vars(presets[recipe]), **given})


def _place(names: list[str], name: str) -> int:
    try:
        return names.index(name)
    except ValueError:
        raise NotFound(f"There is no image {name!r}. The first is {names[0]!r}.") from None


def show(document: dict[str, Any]) -> str:
    return (
        f"{document['image']} and {document['examples']} changed versions of it: "
        f"{document['written']}"
    )
