"""Which images of the gallery are wanted, and in which order."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.services.gallery import ORDERS, Wish
from core.services.prepared_sets import PreparedDataset, class_titles
from ui.data import memory

# What is always offered, and what only where the set tells images apart by it.
FACTS = {
    "class": "Class",
    "view": "View",
    "laterality": "Side",
    "density": "Density",
    "machine": "Machine",
    "source": "Source",
    "birads": "BI-RADS",
    "kinds": "Kind of finding",
    "size": "File size in pixels",
}
_FIRST = ("class", "view", "density")
MOST_CHOICES = 200


def show(dataset: PreparedDataset, facts: pd.DataFrame, place: DeltaGenerator) -> Wish:
    """The rarer filters are behind a button in `place`."""
    titles = class_titles(dataset)
    offered = {name: title for name, title in FACTS.items() if _choices(facts, name)}
    first = [name for name in offered if name in _FIRST]
    values: dict[str, list[str]] = {}
    columns = st.columns([*([1.2] * len(first)), 1, 1])
    for column, name in zip(columns, first, strict=False):
        values[name] = _pick(column, facts, name, offered[name], titles)
    order = columns[-2].selectbox(
        "Order",
        list(ORDERS),
        format_func=ORDERS.__getitem__,
        key=memory.key("gallery.order"),
        persist_state="session",
    )
    text = columns[-1].text_input(
        "Image or patient",
        key=memory.key("gallery.text"),
        placeholder="part of a name",
        persist_state="session",
    )
    more = [name for name in (*offered, "part") if name not in first and _choices(facts, name)]
    with place, st.popover("More filters", icon=":material/filter_alt:"):
        ages, finding, descending = _others(facts, more, values, titles)
    return Wish(values, ages, finding, text or "", order, descending)


def _others(
    facts: pd.DataFrame,
    more: list[str],
    values: dict[str, list[str]],
    titles: dict[str, str],
) -> tuple[tuple[float, float] | None, bool | None, bool]:
    columns = st.columns(3)
    for place, name in enumerate(more):
        title = FACTS.get(name, "Part of the split")
        values[name] = _pick(columns[place % 3], facts, name, title, titles)
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        ages = _ages(facts)
    found = middle.segmented_control(
        "Findings",
        [True, False],
        format_func={True: "With", False: "Without"}.__getitem__,
        key=memory.key("gallery.finding"),
        persist_state="session",
    )
    descending = right.toggle(
        "Highest first", key=memory.key("gallery.descending"), persist_state="session"
    )
    return ages, found, bool(descending)


def _choices(facts: pd.DataFrame, name: str) -> list[str]:
    if name not in facts:
        return []
    values = facts[name].dropna().unique()
    if not 2 <= len(values) <= MOST_CHOICES:
        return []
    present = set(values)
    return [str(one) for one in facts[name].cat.categories if one in present]


def _pick(
    column: DeltaGenerator,
    facts: pd.DataFrame,
    name: str,
    title: str,
    titles: dict[str, str],
) -> list[str]:
    return list(
        column.multiselect(
            title,
            _choices(facts, name),
            format_func=lambda value: titles.get(value, value),
            placeholder="Any",
            key=memory.key(f"gallery.{name}"),
            persist_state="session",
        )
    )


def _ages(facts: pd.DataFrame) -> tuple[float, float] | None:
    known = facts["age"].dropna()
    if known.nunique() < 2:
        return None
    low, high = int(known.min()), int(known.max())
    chosen = st.slider("Age in years", low, high, (low, high), key=memory.key("gallery.ages"))
    return None if chosen == (low, high) else (float(chosen[0]), float(chosen[1]))
