"""List the runs, the newest first; delete, tag or order them; print the curves of one."""

import argparse
from typing import Any

import pandas as pd

from core.errors import ConfigError, NotFound
from core.services import curve_table, queue, run_notes, run_table, runs
from core.training.run_folder import find_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--delete", metavar="RUN", help="remove a run for good")
    act.add_argument(
        "--move", nargs=2, metavar=("RUN", "WAY"), help="in the queue: first, up, down or last"
    )
    act.add_argument("--tag", nargs="+", metavar=("RUN", "TAG"), help="tags to find a run by")
    act.add_argument("--untag", nargs="+", metavar=("RUN", "TAG"), help="take tags away")
    act.add_argument(
        "--note", nargs=2, metavar=("RUN", "TEXT"), help="a note on a run; '' removes it"
    )
    act.add_argument("--curves", metavar="RUN", help="every figure of every epoch")
    parser.add_argument("--live", action="store_true", help="with --curves: live losses as well")
    parser.add_argument("--csv", action="store_true", help="with --curves: as CSV, which is usual")
    parser.add_argument("--search", default="", metavar="WORDS", help="only runs that say them")


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    if (args.csv or args.live) and not args.curves:
        raise ConfigError("--csv and --live belong to --curves RUN. Say which run.")
    if args.delete is not None:
        runs.delete(args.delete)
    if args.move:
        queue.move(args.move[0], queue.way(args.move[1]))
    if args.tag or args.untag:
        _tag(args.tag, args.untag)
    if args.note:
        run_notes.set_note(find_run(args.note[0]).path, args.note[1])
    if args.curves:
        return _curves(args.curves, live=args.live)
    listed = runs.listing()
    if not args.search:
        return listed
    saying = {row.id for row in run_table.rows() if row.says(args.search)}
    return [item for item in listed if item["run"] in saying]


def _tag(add: list[str] | None, remove: list[str] | None) -> None:
    name, *tags = add or remove or []
    if not tags:
        raise ConfigError(f"Say which tags, after the run. Received: {name!r} alone.")
    run_notes.tag(find_run(name).path, tags if add else (), () if add else tags)


def _curves(name: str, *, live: bool) -> list[dict[str, Any]]:
    row = run_table.row(find_run(name).id)
    if row is None or row.fault:
        raise NotFound(row.fault if row else f"There is no run {name!r} in the workspace.")
    table = curve_table.long([row])
    if live:
        table = curve_table.joined([table, curve_table.live(row)])
    return [{str(key): value for key, value in line.items()} for line in table.to_dict("records")]


def show(document: list[dict[str, Any]]) -> str:
    if not document:
        return "No runs yet. Start one: python -m core train --dataset NAME"
    if "measure" in document[0]:
        return curve_table.csv(pd.DataFrame(document)).rstrip("\n")
    return "\n".join(_line(item) for item in document)


def _line(item: dict[str, Any]) -> str:
    if "model" not in item:
        return f"{item['run']:20} {item['state']:12} {item['reason']}"
    best = item["best"]
    found = f"{best['metric']} {best['value']:.3f} (epoch {best['epoch']})" if best else "-"
    done = f"{item['epoch']}/{item['epochs']}"
    return (
        f"{item['run']:20} {item['state']:12} {done:>8}  {item['model']:16} "
        f"{item['dataset']:20} {found}" + "".join(f"  #{tag}" for tag in item["tags"])
    )
