"""Find images of a prepared dataset, and write them on one picture with findings drawn."""

import argparse
from pathlib import Path
from typing import Any

import cv2

from core.datasets.prepared import open_prepared
from core.errors import InputError
from core.services import composition, contact_sheet, gallery
from core.services.commands._targets import new_file, write
from core.services.gallery import ORDERS, Wish

MOST = 400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="NAME")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="FACT=VALUE",
        help=f"such as class=malignant; repeat for more. Facts: {', '.join(composition.GROUPS)}",
    )
    parser.add_argument("--ages", nargs=2, type=float, metavar=("FROM", "TO"))
    parser.add_argument("--part", choices=("train", "validation", "test"))
    parser.add_argument("--split", default="default", help="the split that `--part` is of")
    found = parser.add_mutually_exclusive_group()
    found.add_argument("--with-finding", action="store_const", const=True, dest="finding")
    found.add_argument("--without-finding", action="store_const", const=False, dest="finding")
    parser.add_argument("--text", default="", help="part of an image's or a patient's name")
    parser.add_argument("--order", default="place", choices=list(ORDERS))
    parser.add_argument("--descending", action="store_true")
    parser.add_argument("--page", type=int, default=1)
    parser.add_argument("--per-page", type=int, default=48, metavar="N")
    parser.add_argument("--out", type=new_file, help="a PNG file to write the pictures to")


def run(args: argparse.Namespace) -> dict[str, Any]:
    dataset = open_prepared(args.dataset)
    facts = composition.facts(dataset)
    values = _values(args.where)
    if args.part:
        facts["part"] = dataset.split(args.split).to_numpy()
        values["part"] = [args.part]
    ages = (args.ages[0], args.ages[1]) if args.ages else None
    wish = Wish(values, ages, args.finding, args.text, args.order, args.descending)
    rows = gallery.find(facts, wish)
    if not 1 <= args.per_page <= MOST or args.page < 1:
        raise InputError(
            f"There is no page {args.page} of {args.per_page} images. Allowed: pages from 1, "
            f"of 1 to {MOST} images."
        )
    shown = rows[(args.page - 1) * args.per_page : args.page * args.per_page]
    if args.out and len(shown):
        _save(args.out, contact_sheet.sheet(dataset, shown.tolist()))
    table = facts.iloc[shown][["image_id", "patient_id", "class", "view", "laterality", "age"]]
    return {
        "found": len(rows),
        "page": args.page,
        "images": table.astype(object).where(table.notna(), None).to_dict(orient="records"),
        "written": str(args.out) if args.out and len(shown) else None,
    }


def _values(pairs: list[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in composition.GROUPS:
            known = ", ".join(composition.GROUPS)
            raise InputError(f"{pair!r} is not a filter. Write FACT=VALUE; facts: {known}.")
        values.setdefault(name, []).append(value)
    return values


def _save(path: Path, picture: Any) -> None:
    _, data = cv2.imencode(".png", picture)
    write(path, bytes(data))


def show(document: dict[str, Any]) -> str:
    lines = [
        f"{one['image_id']:<32} {one['class']:<24} "
        f"{one['laterality'] or '?':<2} {one['view'] or '?'}"
        for one in document["images"]
    ]
    written = f" Pictures: {document['written']}" if document["written"] else ""
    return "\n".join([*lines, f"{document['found']} images found.{written}"])
