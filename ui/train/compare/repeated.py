"""What repeats with other seeds say: the mean of their best epochs, and how far they spread."""

import math

import streamlit as st

from core.services import repeats
from core.services.repeats import Figure, Repeated
from core.services.run_table import RunRow
from ui import words
from ui.data import look
from ui.train.compare import names

MEASURES = ("auc", "loss", "accuracy", "sensitivity", "specificity")


def show(rows: list[RunRow]) -> None:
    groups = [group for group in repeats.groups(rows) if len(group.runs) > 1]
    if not groups:
        return
    st.subheader("Repeats with other seeds", anchor=False)
    heads = ("Runs", "Seeds", *(words.title(name) for name in MEASURES))
    look.table(heads, [_line(group, rows) for group in groups], "Mean and spread over seeds")
    st.caption(
        "On the validation images, in each run's best epoch: mean ± standard deviation between "
        "runs, below it the lowest and the highest. A difference smaller than the spread may be "
        "chance."
    )


def _line(group: Repeated, rows: list[RunRow]) -> list[str]:
    seeds = ", ".join(map(str, group.seeds[:8])) + (" …" if len(group.seeds) > 8 else "")
    figures = [
        _said(
            repeats.figure([run.figures.get(f"validation_{name}", math.nan) for run in group.runs])
        )
        for name in MEASURES
    ]
    return [names.group(group, rows), seeds, *figures]


def _said(found: Figure | None) -> str:
    if found is None:
        return "none yet"
    if found.count < 2:
        return f"{words.figure(found.mean)} (one run)"
    spread = words.figure(found.spread)
    both = f"{words.figure(found.low)} to {words.figure(found.high)}"
    return f"{words.figure(found.mean)} ± {spread} ({both})"
