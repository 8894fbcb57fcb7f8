"""The report table of the systems, class by class, with published figures beside it."""

import html

import streamlit as st

from core.domain.evaluation import PublishedResult
from core.domain.figures import figure_info
from core.services.evaluation_view import Cell, Table, class_table, shown
from ui.evaluate import look, memory, terms
from ui.evaluate.look import Row
from ui.evaluate.room import Room


def show(room: Room) -> None:
    item = room.first
    published = item.evaluation.published
    with_published = bool(published) and st.toggle(
        "Show what others published beside it",
        True,
        key=memory.key("published"),
        help=terms.explain("published"),
        persist_state="session",
    )
    title = f"{item.evaluation.judged.title}, {item.evaluation.judged.where}"
    made = class_table(item.now.per_class, title, published if with_published else ())
    look.table(made.head, [_row(row, item.titles) for row in made.rows], title)
    for note in made.notes:
        st.caption(note)
    _downloads(made)
    if with_published:
        _published(published)


def _row(cells: tuple[Cell, ...], titles: dict[str, str]) -> Row:
    first, *rest, origin = cells
    name = html.escape(titles.get(str(first), str(first).replace("_", " ").capitalize()))
    values = [html.escape(shown(cell)) for cell in rest]
    style = "published" if str(origin).startswith("published") else ""
    return Row((name, *values, html.escape(str(origin))), style)


def _downloads(made: Table) -> None:
    kinds = (
        ("CSV", "csv", "text/csv", made.to_csv),
        ("LaTeX", "tex", "application/x-tex", made.to_latex),
        ("Markdown", "md", "text/markdown", made.to_markdown),
    )
    with st.container(horizontal=True):
        for label, ending, mime, write in kinds:
            st.download_button(
                label,
                data=write,
                file_name=f"mammolens-by-class.{ending}",
                mime=mime,
                icon=":material/download:",
                key=memory.key(f"table.{ending}"),
                on_click="ignore",
            )


def _published(found: tuple[PublishedResult, ...]) -> None:
    st.subheader("Published, on their own data", anchor=False)
    rows = [
        Row(
            (
                html.escape(f"{one.system}, {one.model}"),
                html.escape(
                    ", ".join(f"{figure_info(k).title} {shown(v)}" for k, v in one.figures.items())
                    or "–"
                ),
            ),
            "published",
        )
        for one in found
    ]
    look.table(("System", "Figures as published"), rows, "Published figures")
