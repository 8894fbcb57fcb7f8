"""Whether the parts of a split are alike: counted class by class, and drawn fact by fact."""

import pandas as pd
import streamlit as st

from core.services import composition, splitting
from core.services.prepared_sets import PreparedDataset, class_titles
from ui import charts, charts_data, words
from ui.data import look, memory

PARTS = {"train": "Training", "validation": "Validation", "test": "Test"}
# Facts by which parts should be alike, beside the class.
_ALIKE = {"density": "Breast density", "machine": "Machine", "source": "Source", "view": "View"}


def show(
    dataset: PreparedDataset, facts: pd.DataFrame, parts: pd.Series, notes: tuple[str, ...]
) -> None:
    titles = class_titles(dataset)
    torn = splitting.on_both_sides(facts, parts)
    if torn:
        st.error(
            f"{words.count(torn, 'patient')} on several sides: figures measured on this split "
            "are too good.",
            icon=":material/error:",
        )
    for note in notes:
        st.warning(_plain(note, titles), icon=":material/warning:")
    table = splitting.balance(facts, parts)
    look.table(_headings(titles), _lines(table, titles), "Balance of the parts")
    look.legend(titles)
    with st.container(key="split-charts"):
        _shares(table[list(titles)].rename(index=PARTS), titles, "Class in each part", "class")
        for name, title in _ALIKE.items():
            _alike(facts, parts, name, title)
    if not torn:
        st.caption("No patient is on two sides.")


def _plain(note: str, titles: dict[str, str]) -> str:
    """Names of classes and parts as a person reads them."""
    for name in sorted(titles, key=len, reverse=True):
        note = note.replace(f"class {name} ", f"class “{titles[name]}” ")
    return note


def _headings(titles: dict[str, str]) -> list[str]:
    return ["Part", "Images", "Patients", *titles.values()]


def _lines(table: pd.DataFrame, titles: dict[str, str]) -> list[list[str]]:
    lines = []
    for part, title in PARTS.items():
        row = table.loc[part]
        images = int(str(row["images"]))
        cells = [f"{row[n]:,} ({row[n] / max(1, images):.0%})" for n in titles]
        lines.append([title, f"{images:,}", f"{row['patients']:,}", *cells])
    return lines


def _shares(counts: pd.DataFrame, titles: dict[str, str], title: str, key: str) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{title}**")
        st.plotly_chart(
            charts_data.stacked_bars(counts, titles, shares=True),
            key=memory.key(f"plot.split.{key}"),
            config=charts.CONFIG,
            alt=f"{title}, as shares",
        )


def _alike(facts: pd.DataFrame, parts: pd.Series, name: str, title: str) -> None:
    """Parts as bars, the values of a fact as their pieces."""
    values = facts[name]
    if not 2 <= values.nunique() <= composition.FEW:
        return
    counts = composition.by_part(values, parts).rename(index=PARTS)
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{title} in each part**")
        st.plotly_chart(
            charts_data.pieces(counts),
            key=memory.key(f"plot.split.{name}"),
            config=charts.CONFIG,
            alt=f"{title} in each part, as shares",
        )
