"""The runs to choose from, with the figures of their best epochs and what sets them apart."""

import pandas as pd
import streamlit as st

from core.services import run_settings
from core.services.run_table import RunRow
from ui import words
from ui.train import memory, picking, search
from ui.train.compare import columns

FIRST = 3  # runs picked before anybody has picked any
_CHOSEN = memory.key("compare.chosen")


def show(found: list[RunRow]) -> list[RunRow]:
    """The runs picked, in the table's order."""
    shown, wanted, differing = _above(found)
    chosen = _chosen(found)
    apart = _apart(found, chosen) if differing else []
    picked = picking.show(
        memory.key("compare.rows"),
        frame(shown, wanted, apart),
        [row.id for row in shown],
        chosen,
        many=True,
        columns=_configs(),
        order=["Run", *apart, *wanted],
        alt="Runs to compare, the newest first, with the figures of their best epochs",
    )
    st.session_state[_CHOSEN] = picked
    st.caption(_told(found, shown, picked))
    return [row for row in found if row.id in set(picked)]


def _above(found: list[RunRow]) -> tuple[list[RunRow], list[str], bool]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = search.show("compare", found)
        differing = st.toggle(
            "Settings that differ",
            key=memory.key("compare.differing"),
            persist_state="session",
            help="Adds a column for each setting in which the picked runs are not alike; with "
            "fewer than two picked, for those in which any of the shown runs differ.",
        )
        with st.popover("Columns", icon=":material/view_column:"):
            wanted = columns.choose()
    return shown, wanted, bool(differing)


def _chosen(found: list[RunRow]) -> list[str]:
    known = {row.id for row in found}
    if _CHOSEN not in st.session_state:
        begun = [row.id for row in found if row.spark]
        st.session_state[_CHOSEN] = begun[:FIRST]
    return [one for one in st.session_state[_CHOSEN] if one in known]


def _apart(found: list[RunRow], chosen: list[str]) -> list[str]:
    """Dotted names of settings; the columns that every table has are not among them."""
    picked = [row for row in found if row.id in set(chosen) and row.settings]
    runs = picked if len(picked) > 1 else [row for row in found if row.settings]
    return run_settings.differing([row.settings for row in runs])


def frame(shown: list[RunRow], wanted: list[str], apart: list[str]) -> pd.DataFrame:
    table = {"Run": [row.name for row in shown]}
    table |= {name: [row.settings.get(name, "") for row in shown] for name in apart}
    for column in columns.every():
        if column.title in wanted:
            table[column.title] = [column.value(row) for row in shown]
    return pd.DataFrame(table)


def _configs() -> dict[str, object]:
    configs = {column.title: column.config for column in columns.every() if column.config}
    configs["Run"] = st.column_config.TextColumn(pinned=True, width=160)
    return configs


def _told(found: list[RunRow], shown: list[RunRow], picked: list[str]) -> str:
    first = words.count(len(found), "run")
    first = first if len(shown) == len(found) else f"{len(shown):,} of {len(found):,} runs shown"
    hidden = len(set(picked) - {row.id for row in shown})
    also = f", {hidden} of them not shown" if hidden else ""
    return f"{first}, {len(picked)} picked{also}. Figures are those of each run's best epoch."
