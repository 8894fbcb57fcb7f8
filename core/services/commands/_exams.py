"""The exam side of `predict`: an item a patient, with an answer for each breast and view."""

import argparse
import re
from pathlib import Path
from typing import Any

from core.domain.cases import FACTS
from core.errors import InputError
from core.services import exam_context
from core.services.exam import analyse_exams
from core.services.exam_result import ExamAnswer, ViewAnswer
from core.services.overlay import as_png
from core.services.questions import check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    exams = parser.add_argument_group("for models of whole exams")
    exams.add_argument(
        "--table",
        type=Path,
        metavar="FILE",
        help="a CSV with the columns path, patient_id, exam, laterality, view, age, density, "
        "implant and machine, as far as they are known",
    )
    for name in FACTS:
        exams.add_argument(f"--{name}", help=f"the patient's; {exam_context.UNKNOWN} hides it")


def told(args: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(args, name) for name in FACTS}
    return exam_context.parse({name: text for name, text in given.items() if text is not None})


def predict(args: argparse.Namespace) -> list[dict[str, Any]]:
    if args.csv:
        raise InputError(
            f"{args.model!r} reads all views of an exam together, for which there is no table "
            "yet. Leave out --csv and use --json."
        )
    missing = [file for file in args.files if not file.exists()]
    if missing:
        raise InputError(f"There is no file {missing[0]}. Check the path.")
    check(args.model, target=args.target, method=args.method)
    answers = analyse_exams(args.files, args.model, table=args.table, told=told(args))
    if args.heatmap:
        args.heatmap.mkdir(parents=True, exist_ok=True)
    return [_document(answer, number, args) for number, answer in enumerate(answers)]


def _document(answer: ExamAnswer, number: int, args: argparse.Namespace) -> dict[str, Any]:
    def draw(place: int, view: ViewAnswer) -> str | None:
        return _drawn(f"{number:04d}-{place:02d}", view, args)

    return answer.to_document(draw if args.heatmap else None)


def _drawn(number: str, view: ViewAnswer, args: argparse.Namespace) -> str | None:
    shown = view.showing(args.target)
    if shown.heatmap is None or shown.heatmap.empty:
        return None
    stem = re.sub(r"[^\w.-]+", "_", Path(view.name).stem)[:80].strip(".") or "view"
    file: Path = args.heatmap / f"{number}-{stem}.png"
    file.write_bytes(as_png(shown.mammogram.pixels, shown.heatmap.values, args.palette))
    return str(file)


def lines(item: dict[str, Any]) -> str:
    found = [f"{item['patient']}: {item['label'] or 'no answer'}, {len(item['files'])} views"]
    for side, one in item["breasts"].items():
        shares = ", ".join(f"{k} {v:.1%}" for k, v in one["probabilities"].items()) if one else ""
        found.append(f"  {side}: {one['label']} ({shares})" if one else f"  {side}: no view")
    known = [f"{name} {value}" for name, value in item["known"].items() if value is not None]
    found.append(f"  known: {', '.join(known)}")
    found += [f"  {note}" for note in (*item["notes"], *item["fitness"]["reasons"])]
    found += [f"  {fault['file']}: {fault['error']['message']}" for fault in item["errors"]]
    return "\n".join(found)
