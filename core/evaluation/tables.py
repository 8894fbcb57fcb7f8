"""One table, four ways to take it along: CSV, Markdown, LaTeX, and rows for a page."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.card import Interval
from core.domain.evaluation import ClassRow, PerClass, PublishedResult
from core.domain.figures import figure_info

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """The first column names the row; numbers stay numbers until they are written."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def to_csv(self) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.head)
        writer.writerows([["" if c is None else c for c in row] for row in self.rows])
        return text.getvalue()

    def to_markdown(self) -> str:
        lines = [_bar(self.head), _bar(["---"] + ["---:"] * (len(self.head) - 1))]
        lines += [_bar([shown(c).replace("|", "\\|") for c in row]) for row in self.rows]
        return "\n".join([f"**{self.title}**", "", *lines, *self._footnotes()]) + "\n"

    def _footnotes(self) -> list[str]:
        return ["", *(f"{note}  " for note in self.notes)] if self.notes else []

    def to_latex(self) -> str:
        body = [" & ".join(_tex(shown(c)) for c in row) + r" \\" for row in self.rows]
        return "\n".join(
            [
                r"\begin{table}[htbp]",
                r"\centering",
                rf"\caption{{{_tex(' '.join([self.title + '.', *self.notes]))}}}",
                rf"\begin{{tabular}}{{l{'r' * (len(self.head) - 1)}}}",
                r"\hline",
                " & ".join(_tex(h) for h in self.head) + r" \\",
                r"\hline",
                *body,
                r"\hline",
                r"\end{tabular}",
                r"\end{table}",
                "",
            ]
        )


def shown(value: Cell) -> str:
    """Three digits after the point up to 1, three in all beyond; nothing as a dash."""
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) <= 1 else f"{value:.3g}"
    return str(value)


def _bar(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


_TEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
}


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def class_table(found: PerClass, title: str, published: Sequence[PublishedResult] = ()) -> Table:
    """Ours first; each published system's lines follow, named as published."""
    rows = [_line(row, "measured here") for row in (*found.rows, found.macro, found.weighted)]
    rows.insert(
        len(found.rows),
        ("accuracy", None, None, found.accuracy, found.macro.support, "measured here"),
    )
    for other in published:
        label = f"published: {other.system}, {other.model}"
        rows += [_line(row, label) for row in other.rows]
        if not other.rows:
            rows.append(_from_figures(other, label))
    notes = [*found.notes, *(f"Published: {p.source}, on {p.data}. {p.caution}" for p in published)]
    head = ("Class", "Precision", "Recall", "F1", "Support", "From")
    return Table(title, head, tuple(rows), tuple(note.strip() for note in notes))


def _line(row: ClassRow, origin: str) -> tuple[Cell, ...]:
    return (row.name, row.precision, row.recall, row.f1, row.support or None, origin)


def _from_figures(other: PublishedResult, label: str) -> tuple[Cell, ...]:
    figures = other.figures
    return (
        "overall",
        figures.get("precision"),
        figures.get("sensitivity"),
        figures.get("f1"),
        None,
        label,
    )


def figure_table(
    figures: dict[str, Interval], title: str, titles: dict[str, str] | None = None
) -> Table:
    rows = tuple(
        (figure_info(key, titles).title, i.value, _open(i.low), _open(i.high), i.n)
        for key, i in figures.items()
    )
    head = ("Figure", "Value", "95% from", "to", "Cases")
    return Table(title, head, rows, ("Intervals by 95% bootstrap of patients.",))


def _open(bound: float) -> float | None:
    return None if bound in (float("inf"), float("-inf")) else bound
