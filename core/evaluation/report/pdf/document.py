"""Puts the parts together into pages that say what they are and where they end."""

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, SimpleDocTemplate

from core import __version__
from core.domain.evaluation import Difference, Evaluation, Weight
from core.evaluation.report import told
from core.evaluation.report.charts import charts
from core.evaluation.report.page import Entry
from core.evaluation.report.pdf import groups, look, parts
from core.evaluation.report.pdf.parts import Parts

# What the page template keeps free at each side of its frame.
PADDING = 6


def document(entries: Sequence[Entry], differences: Sequence[Difference] = ()) -> bytes:
    """As `page`, but as PDF."""
    several = [entry.evaluation for entry in entries]
    names = " and ".join(item.judged.model for item in several)
    title = f"Evaluation of {names} on {several[0].judged.where}"
    body: Parts = _overview(several, differences) if len(several) > 1 else []
    for place, entry in enumerate(entries):
        body += [PageBreak()] if place or len(several) > 1 else []
        body += _model(entry, alone=len(several) == 1)
    file = io.BytesIO()
    SimpleDocTemplate(
        file,
        pagesize=(look.WIDTH, look.HEIGHT),
        leftMargin=look.MARGIN - PADDING,
        rightMargin=look.MARGIN - PADDING,
        topMargin=look.MARGIN + 3 * mm,
        bottomMargin=look.MARGIN + 2 * mm,
        title=title,
        author=f"Mammolens {__version__}",
        subject=told.NOTICE,
    ).build(body, canvasmaker=_framed(title, several[0].judged.measured))
    return file.getvalue()


def _overview(several: Sequence[Evaluation], differences: Sequence[Difference]) -> Parts:
    first = several[0].judged
    serious = dict.fromkeys(
        caution for item in several for caution in item.cautions if caution.weight is Weight.SERIOUS
    )
    return [
        look.words(f"{len(several)} models on the same cases", look.TITLE),
        look.words(f"{first.where}: {first.cases} {first.unit} of {first.patients} patients."),
        *parts.cautions(serious),
        *parts.curves(charts(several)),
        *parts.differences(differences),
        *_method(),
    ]


def _method() -> Parts:
    return [look.words(told.METHOD, look.SMALL)]


def _model(entry: Entry, *, alone: bool) -> Parts:
    item = entry.evaluation
    serious = [c for c in item.cautions if c.weight is Weight.SERIOUS]
    others = [c for c in item.cautions if c.weight is not Weight.SERIOUS]
    card = entry.card
    return [
        *parts.heading(item),
        *parts.cautions(serious),
        *parts.answer(item),
        *parts.cautions(others),
        *parts.figures(item),
        *(_method() if alone else []),
        *parts.confusion(item),
        *(parts.curves(charts([item])) if alone else []),
        *parts.per_class(item),
        *groups.subgroups(item.subgroups),
        *groups.heatmaps(item.heatmaps),
        *parts.pictures(entry.pictures),
        *parts.notes(entry.notes),
        *(parts.card(told.card(card), card.title, card.summary) if card else []),
    ]


def _framed(title: str, measured: str) -> Any:
    """Header, footer and "page 2 of 9", which is only known at the end."""
    kept: list[dict[str, Any]] = []

    def keep(canvas: Any) -> None:
        kept.append(dict(canvas.__dict__))
        canvas._startPage()

    def save(canvas: Any) -> None:
        for number, page in enumerate(kept, start=1):
            canvas.__dict__.update(page)
            _frame(canvas, title, measured, f"Page {number} of {len(kept)}")
            Canvas.showPage(canvas)
        Canvas.save(canvas)

    return type("Framed", (Canvas,), {"showPage": keep, "save": save})


def _frame(canvas: Canvas, title: str, measured: str, page: str) -> None:
    left, right = look.MARGIN, look.WIDTH - look.MARGIN
    top, bottom = look.HEIGHT - 12 * mm, 11 * mm
    canvas.setFont(look.PLAIN, 7.5)
    canvas.setFillColor(look.FAINT)
    canvas.drawString(left, top, _fitting(canvas, title, right - left - 90))
    canvas.drawRightString(right, top, measured[:10])
    canvas.drawString(left, bottom, f"Mammolens {__version__}. {told.NOTICE}")
    canvas.drawRightString(right, bottom, page)
    canvas.setStrokeColor(look.LINE)
    canvas.setLineWidth(0.5)
    canvas.line(left, top - 5, right, top - 5)
    canvas.line(left, bottom + 9, right, bottom + 9)


def _fitting(canvas: Canvas, text: str, room: float) -> str:
    known = text.encode("cp1252", "replace").decode("cp1252")
    while canvas.stringWidth(known, look.PLAIN, 7.5) > room:
        known = known[:-2].rstrip("…") + "…"
    return known
