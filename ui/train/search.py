"""Which runs a table shows: those that say the words, with or without folds and trials."""

import streamlit as st

from core.services.run_table import RunRow
from ui.train import memory


def show(place: str, found: list[RunRow]) -> list[RunRow]:
    """Inside a horizontal container; `place` names the table."""
    text = st.text_input(
        "Find runs",
        placeholder="name, model, dataset, state, tag or note",
        key=memory.key(f"{place}.text"),
        persist_state="session",
        width=360,
    )
    shown = [row for row in found if row.says(text)] if text else found
    if not any(row.part_of for row in found):
        return shown
    alone = st.toggle(
        "Without folds and trials",
        key=memory.key(f"{place}.alone"),
        persist_state="session",
        help="Leaves out runs that belong to a cross-validation or a tuning study.",
    )
    return [row for row in shown if not row.part_of] if alone else shown
