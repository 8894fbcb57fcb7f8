"""Measure models or runs on a dataset: figures with intervals, and what to keep in mind."""

import argparse
import os
from pathlib import Path
from typing import Any

from core.domain.evaluation import Evaluation, Weight
from core.domain.figures import figure_info
from core.domain.heatmaps import HeatmapReport
from core.errors import InputError
from core.evaluation.figures import RESAMPLES
from core.evaluation.tables import Table, class_table
from core.evaluation.verdict import verdict
from core.services.commands._counting import Counter
from core.services.commands._targets import new_file, write
from core.services.evaluate import compare, evaluate, judge
from core.services.evaluation_report import pdf, report
from core.services.judgement import PARTS, Judgement
from core.services.kept_heatmaps import keep, kept
from core.services.lesion_maps import heatmap_report
from core.services.operating_points import chosen_point, store, suggested, validation_of
from core.services.overlap import search_copies
from core.services.prepare_for import prepared_folder, prepared_for
from core.services.subjects import subject

TABLES = {".csv": Table.to_csv, ".md": Table.to_markdown, ".tex": Table.to_latex}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", nargs="+", metavar="MODEL_OR_RUN", help="several are compared")
    cases = parser.add_mutually_exclusive_group(required=True)
    cases.add_argument("--dataset", help="a name that `datasets` lists")
    cases.add_argument("--folder", type=Path, help="a labelled folder, prepared for the model")
    parser.add_argument("--name", default="", help="what the folder's dataset shall be called")
    parser.add_argument(
        "--split",
        help="a split's name, or train, validation, test or all for that part of the usual split; "
        "the model's own on its own data, else all images",
    )
    parser.add_argument("--part", choices=PARTS, help="test if there is a split")
    parser.add_argument("--threshold", type=float, help="instead of the model's own")
    parser.add_argument("--heatmaps", action="store_true", help="score heatmaps against lesions")
    parser.add_argument(
        "--method",
        action="append",
        default=[],
        metavar="NAME",
        help="a way to draw heatmaps; repeat it for several. The quick ones if none is given",
    )
    parser.add_argument(
        "--search-copies",
        action="store_true",
        help="look for near-duplicates of training images first; minutes on large sets",
    )
    parser.add_argument("--html", type=new_file, metavar="FILE", help="write a report to keep")
    parser.add_argument("--pdf", type=new_file, metavar="FILE", help="the same report on paper")
    parser.add_argument("--csv", type=new_file, metavar="FILE", help="write every case's answers")
    parser.add_argument(
        "--table",
        type=new_file,
        metavar="FILE",
        help="write the table by class, as the ending says: .csv, .md or .tex",
    )
    parser.add_argument("--resamples", type=int, default=RESAMPLES, metavar="N")
    parser.add_argument(
        "--prepare-again",
        action="store_true",
        help="prepare the dataset the way the model learned it, under another name",
    )
    parser.add_argument(
        "--choose",
        metavar="RULE",
        help="set the model's threshold on its validation part first: youden, sensitivity-90, "
        "sensitivity-95, specificity-90 or cost",
    )
    parser.add_argument(
        "--miss-cost",
        type=float,
        default=10.0,
        metavar="N",
        help="for the rule cost: a miss is as bad as N false alarms",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.resamples < 2:
        raise InputError(f"Intervals need 2 draws or more. Received: {args.resamples}.")
    if args.table and args.table.suffix not in TABLES:
        raise InputError(f"A table is written as {', '.join(TABLES)}. Received: {args.table.name}.")
    if args.choose:
        _choose(args.models, args.choose, args.miss_cost)
    found = [_judge(name, args) for name in args.models]
    for item in found if args.search_copies else ():
        search_copies(item, _tell)
    maps = [_heatmaps(item, args.method) if args.heatmaps else kept(item) for item in found]
    done = [
        evaluate(item, resamples=args.resamples, heatmaps=seen)
        for item, seen in zip(found, maps, strict=True)
    ]
    differences = compare(found, resamples=args.resamples)
    if args.html:
        write(args.html, report(done, differences, found))
    if args.pdf:
        write(args.pdf, pdf(done, differences, found))
    if args.table:
        write(args.table, _by_class(args.table, done[0]))
    if args.csv:
        write(args.csv, found[0].cases().to_csv(index=False))
    if len(done) == 1:
        return _document(done[0])
    return {
        "models": [_document(item) for item in done],
        "differences": [difference.to_document() for difference in differences],
    }


def _document(item: Evaluation) -> dict[str, Any]:
    told = verdict(item)
    return {**item.to_document(), "answer": " ".join([told.headline, *told.sentences])}


def _judge(name: str, args: argparse.Namespace) -> Judgement:
    return judge(
        name,
        _dataset(name, args),
        split=args.split,
        part=args.part,
        threshold=args.threshold,
        progress=_tell,
    )


def _dataset(name: str, args: argparse.Namespace) -> str:
    workers = os.cpu_count() or 1
    if args.folder:
        made = prepared_folder(
            subject(name), args.folder, name=args.name, workers=workers, progress=_tell
        )
        return made.info.name
    if args.prepare_again:
        made = prepared_for(subject(name), args.dataset, workers=workers, progress=_tell)
        return made.info.name
    return str(args.dataset)


def _choose(models: list[str], rule: str, miss_cost: float) -> None:
    for name in models:
        known = validation_of(name)
        offer = suggested(known, rule, miss_cost=miss_cost)
        if offer.threshold is None:
            raise InputError(f"No threshold can be chosen for {name!r}: {offer.problem}")
        store(name, chosen_point(known, offer.threshold, offer.title + "."))


def _heatmaps(found: Judgement, names: list[str]) -> HeatmapReport:
    report = heatmap_report(found, names=names, progress=_tell)
    keep(found, report)
    return report


def _by_class(file: Path, found: Evaluation) -> str:
    title = f"{found.judged.title}, {found.judged.where}"
    made = class_table(found.per_class, title, found.published)
    return TABLES[file.suffix](made)


_tell = Counter()


def show(document: dict[str, Any]) -> str:
    if "models" in document:
        parts = [show(item) for item in document["models"]]
        differences = "\n".join(_difference(found) for found in document["differences"])
        return "\n\n".join([*parts, differences])
    place = ", ".join(filter(None, [document["dataset"], document["part"] or "all images"]))
    lines = [
        f"{document['model']} on {place}: {document['n']} {document['unit']} of "
        f"{document['patients']} patients"
    ]
    serious = [c for c in document["cautions"] if c["weight"] == Weight.SERIOUS]
    others = [c for c in document["cautions"] if c["weight"] != Weight.SERIOUS]
    lines += [f"WARNING {c['title']}: {c['text']}" for c in serious]
    lines.append(document["answer"])
    lines += [_line(name, found) for name, found in document["metrics"].items()]
    lines += [_context(document["context"]), *document["missing"].values(), *document["notes"]]
    lines += [f"{c['title']}: {c['text']}" for c in others]
    return "\n".join(lines)


def _line(name: str, found: dict[str, Any]) -> str:
    low, high = (f"{v:.3f}" if v is not None else "..." for v in (found["low"], found["high"]))
    title = figure_info(name).title
    return f"{title:40} {found['value']:.3f}  95% {low} to {high}  (n = {found['n']})"


def _context(seen: dict[str, Any]) -> str:
    always = f"Always answering {seen['majority']} is right in {seen['majority_accuracy']:.1%}."
    share = seen["prevalence"]
    positive = f" {share:.1%} are positive." if share is not None else ""
    tried = [f"{s['title']} {s['auc']['value']:.3f}" for s in seen["shortcuts"] if s["auc"]]
    alone = f" AUC without the image: {', '.join(tried)}." if tried else ""
    return always + positive + alone


def _difference(found: dict[str, Any]) -> str:
    gap, p = found["difference"], found["p"]
    title = figure_info(found["figure"]).title
    told = f", p = {p:.3g} ({found['test']})" if p is not None else ""
    return (
        f"{title}: {found['first']} minus {found['second']} {gap['value']:+.3f}, "
        f"95% {gap['low']:+.3f} to {gap['high']:+.3f}{told}"
    )
