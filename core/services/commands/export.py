"""Take a network along in another format, and compare its answers there with those here."""

import argparse
from typing import Any

from core.services import export
from core.services.commands._targets import new_folder
from core.services.export_formats import FORMATS, INSTALL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", metavar="RUN_OR_MODEL", help="a run or published model")
    parser.add_argument("format", nargs="?", metavar="FORMAT", help=f"{', '.join(FORMATS)}")
    parser.add_argument("--out", type=new_folder, metavar="DIR", help="else workspace/exports")


def run(args: argparse.Namespace) -> Any:
    if not args.run or not args.format:
        return [
            {"format": form.name, "about": form.about, "missing": list(form.missing())}
            for form in FORMATS.values()
        ]
    return export.export(args.run, args.format, args.out).to_document()


def show(document: Any) -> str:
    if isinstance(document, list):
        return "\n".join(_line(item) for item in document)
    return (
        f"{document['path']}: {document['bytes'] / 2**20:.1f} MiB. Probabilities differ by at most "
        f"{document['difference']:.2g} on {document['images']} {document['compared_on']}."
    )


def _line(item: dict[str, Any]) -> str:
    lacking = f" Needs {', '.join(item['missing'])}: {INSTALL}" if item["missing"] else ""
    return f"{item['format']:12} {item['about']}{lacking}"
