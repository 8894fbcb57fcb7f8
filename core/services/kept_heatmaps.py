"""Scores of heatmaps take minutes to make, so they are kept beside the answers they belong to.

`cache/heatmaps/<answers>-<cases>.json`: another model file, other data or other cases have
another name.
"""

import hashlib
import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from core import paths
from core.domain.card import Interval
from core.domain.heatmaps import Faithfulness, HeatmapReport, HeatmapRow, LesionScores
from core.evaluation.heatmap.summary import Scored, summarise
from core.services.answers import answers_file
from core.services.judgement import Judgement
from core.training.atomic import write_text


def file_of(found: Judgement) -> Path:
    cases = hashlib.sha256(found.rows.tobytes()).hexdigest()[:12]
    stem = answers_file(found.subject, found.dataset).stem
    return paths.cache() / "heatmaps" / f"{stem}-{cases}.json"


def keep(found: Judgement, report: HeatmapReport) -> None:
    file = file_of(found)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps(asdict(report), default=_plain))


def _plain(value: Any) -> Any:
    return value.tolist()


def kept(found: Judgement) -> HeatmapReport | None:
    """None before they were made; a damaged file counts as none."""
    try:
        raw = json.loads(file_of(found).read_text(encoding="utf-8"))
        return HeatmapReport(
            tuple(HeatmapRow(**{**row, "figures": _intervals(row)}) for row in raw["rows"]),
            tuple(raw["cases"]),
            {name: _curves(one) for name, one in raw["faithfulness"].items()},
            {name: Interval(**one) for name, one in raw["sanity"].items()},
            tuple(raw["notes"]),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _intervals(row: dict[str, Any]) -> dict[str, Interval]:
    return {name: Interval(**one) for name, one in row["figures"].items()}


def _curves(raw: dict[str, Any]) -> Faithfulness:
    return Faithfulness(**{name: np.array(values) for name, values in raw.items()})


def divided_anew(report: HeatmapReport, found: Judgement, resamples: int = 300) -> HeatmapReport:
    """Right and wrong as they are at the present threshold; the maps stay what they were."""
    sample = found.sample
    right = dict(zip(found.index["image_id"], sample.predicted == sample.targets, strict=True))
    if all(bool(right[case["image_id"]]) == case["correct"] for case in report.cases):
        return report
    scored = [_scored(case, correct=bool(right[case["image_id"]])) for case in report.cases]
    rows = summarise(scored, resamples=resamples)
    return replace(report, rows=rows, cases=tuple(one.row() for one in scored))


def _scored(case: dict[str, Any], *, correct: bool) -> Scored:
    names = {field.name for field in fields(LesionScores)}
    scores = LesionScores(**{name: case[name] for name in names})
    rest = {name: value for name, value in case.items() if name not in names}
    return Scored(**{**rest, "correct": correct, "scores": scores})
