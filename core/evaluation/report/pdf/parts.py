"""The parts of a report on paper, each from one part of an evaluation."""

import base64
import io
from collections.abc import Iterable, Sequence

from reportlab.lib.colors import Color
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, KeepTogether, Spacer

from core.domain.evaluation import Caution, Difference, Evaluation, Weight
from core.domain.figures import FIGURES, figure_info
from core.evaluation.report import told
from core.evaluation.report.markup import SCALES, UNBOUNDED
from core.evaluation.report.page import Note, Picture
from core.evaluation.report.pdf import look
from core.evaluation.report.pdf.drawing import drawing, whisker
from core.evaluation.report.pdf.tables import Cell, boxed, side_by_side, table
from core.evaluation.report.svg import Chart
from core.evaluation.report.told import between
from core.evaluation.tables import class_table, shown
from core.evaluation.verdict import verdict

Parts = list[Flowable]
PICTURES_A_ROW = 4


def heading(item: Evaluation) -> Parts:
    return [
        look.words(item.judged.title, look.TITLE),
        look.words(told.measured(item)),
        look.words(told.threshold(item), look.SMALL),
        Spacer(1, 6),
    ]


def cautions(found: Iterable[Caution]) -> Parts:
    parts: Parts = []
    for one in found:
        serious = one.weight is Weight.SERIOUS
        inside = [look.words(one.title + ".", look.ANSWER if serious else look.SUBSECTION)]
        inside.append(look.words(one.text))
        if one.examples:
            inside.append(look.words("; ".join(one.examples), look.SMALL))
        paper, edge = (look.RED_PAPER, look.RED) if serious else (look.PANEL, look.LINE)
        parts += [boxed(inside, paper, edge), Spacer(1, 5)]
    return parts


def answer(item: Evaluation) -> Parts:
    found = verdict(item)
    inside = [look.words(found.headline, look.ANSWER)]
    inside += [look.words(text) for text in found.sentences]
    return [boxed(inside, look.PANEL, look.ACCENT), Spacer(1, 5)]


def figures(item: Evaluation) -> Parts:
    titles = {c.name: c.title for c in item.judged.classes}
    infos = {key: figure_info(key, titles) for key in item.figures}
    rows: list[list[Cell]] = []
    extra: list[tuple[object, ...]] = []
    for group in dict.fromkeys(info.group for info in FIGURES.values()):
        own = [key for key, info in infos.items() if info.group == group]
        if own:
            rows.append([look.words(group, look.SUBSECTION), "", "", "", ""])
            extra.append(("SPAN", (0, len(rows)), (-1, len(rows))))
            rows += [
                _figure(item, key, infos[key].title, infos[key].follows_prevalence) for key in own
            ]
    head = ("Figure", "Value", "95% interval", "", "Images")
    notes = [*told.missing(item, titles), *item.notes]
    return [
        look.words("Figures", look.SECTION),
        look.words(told.context(item)),
        Spacer(1, 4),
        table(head, rows, (3.6, 0.9, 1.7, 1.6, 0.8), extra=extra),
        *(look.words(note, look.SMALL) for note in notes),
    ]


def _figure(item: Evaluation, key: str, title: str, star: bool) -> list[Cell]:
    found = item.figures[key]
    line = "" if key in UNBOUNDED else whisker(found, SCALES.get(key, (0.0, 1.0)))
    return [title + "*" * star, shown(found.value), between(found), line, f"{found.n:,}"]


def confusion(item: Evaluation) -> Parts:
    names = [c.title for c in item.judged.classes]
    rows: list[list[Cell]] = []
    extra: list[tuple[object, ...]] = [("GRID", (1, 1), (-2, -1), 0.4, look.LINE)]
    for i, (name, counts) in enumerate(zip(names, item.confusion, strict=True)):
        total = sum(counts)
        row: list[Cell] = [name]
        for j, count in enumerate(counts):
            share = count / total if total else 0.0
            row.append(look.words(f"{count:,}  ({share:.1%})", look.CENTRE))
            tint = Color(0, 0.447, 0.698, alpha=0.55 * share)
            extra.append(("BACKGROUND", (j + 1, i + 1), (j + 1, i + 1), tint))
        rows.append([*row, f"{total:,}"])
    head = ("Truth (rows), answer (columns)", *names, "Images")
    made = table(head, rows, (1.9, *(1.3 for _ in names), 0.8), extra=extra)
    note = look.words("Counts, and shares of the true class.", look.SMALL)
    return [KeepTogether([look.words("Confusion matrix", look.SECTION), made, note])]


def curves(charts: Sequence[Chart], title: str = "Curves") -> Parts:
    if not charts:
        return []
    drawn = [[look.words(chart.title, look.SUBSECTION), drawing(chart)] for chart in charts]
    rows = [side_by_side(drawn[start : start + 2], 2) for start in range(0, len(drawn), 2)]
    first = [look.words(title, look.SECTION)] if title else []
    return [KeepTogether([*first, rows[0]]), *rows[1:]]


def per_class(item: Evaluation) -> Parts:
    made = class_table(item.per_class, "By class", item.published)
    titles = {c.name: c.title for c in item.judged.classes}
    rows: list[list[Cell]] = []
    for name, *cells, origin in made.rows:
        first = titles.get(str(name), str(name).replace("_", " "))
        style = look.SMALL if str(origin).startswith("published") else look.CELL
        values: list[Cell] = [shown(cell) for cell in cells]
        rows.append([look.words(first, style), *values, look.words(str(origin), style)])
    notes = [*made.notes, *told.published(item)]
    return [
        look.words("By class, beside published systems", look.SECTION),
        table(made.head, rows, (2.2, 1, 1, 1, 1, 2.6)),
        *(look.words(note, look.SMALL) for note in notes),
    ]


def differences(found: Sequence[Difference]) -> Parts:
    if not found:
        return []
    rows: list[list[Cell]] = [
        [
            figure_info(one.figure).title,
            look.words(f"{one.first} - {one.second}", look.CELL),
            f"{one.difference.value:+.3f}",
            f"{one.difference.low:+.3f} to {one.difference.high:+.3f}",
            "" if one.p is None else f"{one.p:.3g}",
            look.words(one.test, look.CAPTION),
        ]
        for one in found
    ]
    head = ("Figure", "Models", "Difference", "95% interval", "p", "Test")
    made = table(head, rows, (2.4, 2.2, 1, 1.8, 0.8, 2))
    return [look.words("Differences on the same cases", look.SECTION), made]


def pictures(found: Sequence[Picture]) -> Parts:
    if not found:
        return []
    cells = [[_image(one), look.words(one.caption, look.CAPTION)] for one in found]
    rows = [
        side_by_side(cells[start : start + PICTURES_A_ROW], PICTURES_A_ROW)
        for start in range(0, len(cells), PICTURES_A_ROW)
    ]
    told_first = look.words(
        "Colour shows what spoke for the answer that was given; an orange line, the true finding.",
        look.SMALL,
    )
    return [
        KeepTogether([look.words("Worst errors", look.SECTION), told_first, Spacer(1, 4), rows[0]]),
        *rows[1:],
    ]


def _image(picture: Picture) -> Image:
    data = io.BytesIO(base64.b64decode(picture.data.partition(",")[2]))
    width, height = ImageReader(data).getSize()
    side = look.ROOM / PICTURES_A_ROW - 8
    factor = side / max(width, height)
    data.seek(0)
    return Image(data, width * factor, height * factor, hAlign="LEFT")


def notes(found: Sequence[Note]) -> Parts:
    if not found:
        return []
    rows: list[list[Cell]] = [
        [one.image, look.words(one.flag, look.CELL), look.words(one.text, look.CELL)]
        for one in found
    ]
    head = ("Image", "Flag", "Note")
    return [look.words("Notes on cases", look.SECTION), table(head, rows, (2, 1.4, 4))]


def card(item: dict[str, str], title: str, summary: str) -> Parts:
    parts: Parts = [look.words(f"Model card: {title}", look.SECTION), look.words(summary)]
    for name, text in item.items():
        parts += [KeepTogether([look.words(name, look.SUBSECTION), look.words(text)])]
    return parts
