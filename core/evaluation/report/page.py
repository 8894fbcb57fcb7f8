"""Puts the parts of a report together into one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from core import __version__
from core.domain.card import ModelCard
from core.domain.evaluation import Difference, Evaluation, Weight
from core.evaluation.report import groups, sections
from core.evaluation.report.charts import charts
from core.evaluation.report.markup import as_table, head_row
from core.evaluation.report.style import CSS
from core.evaluation.report.told import METHOD, NOTICE


@dataclass(frozen=True)
class Picture:
    """A case to look at; `data` is a data URI, so that the report stays one file."""

    data: str
    caption: str


@dataclass(frozen=True)
class Note:
    """What a person wrote beside one case."""

    image: str
    flag: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One model's part of a report."""

    evaluation: Evaluation
    card: ModelCard | None = None
    pictures: tuple[Picture, ...] = ()
    notes: tuple[Note, ...] = ()


def page(entries: Sequence[Entry], differences: Sequence[Difference] = ()) -> str:
    several = [entry.evaluation for entry in entries]
    title = " and ".join(item.judged.model for item in several)
    body = [_overview(several, differences)] if len(several) > 1 else []
    body += [_model(entry, alone=len(several) == 1) for entry in entries]
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Evaluation: {escape(title)}</title><style>{CSS}</style></head><body>"
        f"<p class='notice'>Mammolens {escape(__version__)}. {NOTICE}</p>{''.join(body)}"
        f"<h2>How this was measured</h2><p>{METHOD}</p></body></html>"
    )


def _overview(several: Sequence[Evaluation], differences: Sequence[Difference]) -> str:
    first = several[0].judged
    serious = dict.fromkeys(
        sections.cautions([caution])
        for item in several
        for caution in item.cautions
        if caution.weight is Weight.SERIOUS
    )
    return (
        f"<h1>{len(several)} models on the same cases</h1><p>{escape(first.where)}: {first.cases} "
        f"{first.unit} of {first.patients} patients.</p>{''.join(serious)}{_charts(several)}"
        f"{sections.differences(differences)}"
    )


def _charts(several: Sequence[Evaluation]) -> str:
    drawn = "".join(chart.to_html() for chart in charts(several))
    return f"<h2>Curves</h2><div class='charts'>{drawn}</div>"


def _model(entry: Entry, *, alone: bool) -> str:
    item = entry.evaluation
    return "".join(
        [
            sections.heading(item),
            sections.cautions(c for c in item.cautions if c.weight is Weight.SERIOUS),
            sections.answer(item),
            sections.cautions(c for c in item.cautions if c.weight is not Weight.SERIOUS),
            sections.figures(item),
            sections.confusion(item),
            _charts([item]) if alone else "",
            sections.per_class(item),
            groups.subgroups(item.subgroups),
            groups.heatmaps(item.heatmaps),
            _pictures(entry.pictures),
            _notes(entry.notes),
            sections.card(entry.card),
        ]
    )


def _pictures(pictures: Sequence[Picture]) -> str:
    if not pictures:
        return ""
    shown = "".join(
        f"<div class='case'><img src='{one.data}' alt=''>{escape(one.caption)}</div>"
        for one in pictures
    )
    return f"<h2>Worst errors</h2><div class='cases'>{shown}</div>"


def _notes(notes: Sequence[Note]) -> str:
    if not notes:
        return ""
    rows = [
        f"<tr><td>{escape(one.image)}</td><td class='text'>{escape(one.flag)}</td>"
        f"<td class='text'>{escape(one.text)}</td></tr>"
        for one in notes
    ]
    return f"<h2>Notes on cases</h2>{as_table(head_row(('Image', 'Flag', 'Note')), rows)}"
