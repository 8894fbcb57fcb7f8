"""Tables on paper: a head that comes back on every page, and rows that stay whole."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from reportlab.platypus import Flowable, Table, TableStyle

from core.evaluation.report.pdf import look

# Text, or anything the library can place: it ships no types.
Cell: TypeAlias = Any


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    widths: Sequence[float],
    *,
    extra: Sequence[tuple[object, ...]] = (),
) -> Table:
    """Text in the first column, numbers in the others; `widths` are shares of the page."""
    text_below = [not isinstance(cell, str) for cell in (rows[-1] if rows else head)]
    cells: list[list[Flowable]] = [
        [
            look.words(text, look.HEAD if left or not place else look.HEAD_NUMBER)
            for place, (text, left) in enumerate(zip(head, text_below, strict=True))
        ]
    ]
    cells += [[_made(cell, place) for place, cell in enumerate(row)] for row in rows]
    total = sum(widths)
    made = Table(
        cells,
        colWidths=[look.ROOM * width / total for width in widths],
        repeatRows=1,
        hAlign="LEFT",
    )
    made.setStyle(TableStyle([*_PLAIN, *extra]))
    return made


def _made(cell: Cell, place: int) -> Flowable:
    if isinstance(cell, str):
        return look.words(cell, look.NUMBER if place else look.CELL)
    return cell


_PLAIN = [
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, look.LINE),
    ("TOPPADDING", (0, 0), (-1, -1), 2.2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
]


def boxed(inside: Sequence[Flowable], paper: object, edge: object) -> Table:
    """A panel over the whole width, such as a warning."""
    made = Table([[list(inside)]], colWidths=[look.ROOM])
    made.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), paper),
                ("LINEBEFORE", (0, 0), (0, -1), 3, edge),
                ("LEFTPADDING", (0, 0), (-1, -1), 9),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        )
    )
    return made


def side_by_side(items: Sequence[Flowable], columns: int) -> Table:
    """Rows of as many as fit, each row whole on its page."""
    rows = [list(items[start : start + columns]) for start in range(0, len(items), columns)]
    rows[-1] += [""] * (columns - len(rows[-1]))
    made = Table(rows, colWidths=[look.ROOM / columns] * columns)
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        )
    )
    return made
