"""Which columns the table of comparison has, and how each is drawn."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.services import remembered
from core.services.run_table import RunRow
from ui import words
from ui.train import measures, memory, runs_table

Value = Callable[[RunRow], Any]


@dataclass(frozen=True)
class Column:
    title: str
    value: Value
    config: Any = None


def _figure(name: str) -> Value:
    return lambda row: row.figures.get(name)


def _number(digits: int, help: str | None = None) -> Any:
    return st.column_config.NumberColumn(format=f"%.{digits}f", width="small", help=help)


def _measured(name: str, title: str) -> Column:
    said = measures.explain(name)
    of = "On the validation images, in the best epoch."
    return Column(title, _figure(f"validation_{name}"), _number(3, f"{of} {said or ''}".strip()))


def _day(row: RunRow) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(row.created)) if row.created else ""


def every() -> list[Column]:
    """In the order in which the table shows them."""
    make = st.column_config
    plain = make.TextColumn(width="small")
    return [
        Column("State", lambda row: [row.state.value], runs_table.state_column()),
        _measured("auc", "AUC"),
        _measured("loss", "Loss"),
        _measured("accuracy", "Accuracy"),
        _measured("sensitivity", "Sensitivity"),
        _measured("specificity", "Specificity"),
        Column("Best epoch", lambda row: row.status.best.epoch if row.status.best else None),
        Column("Epochs", lambda row: row.status.epoch),
        Column("Course", lambda row: list(row.spark), make.LineChartColumn(width="small")),
        Column(
            "Time",
            lambda row: words.duration(row.seconds) if row.seconds else "",
            make.TextColumn(
                width="small", help="At work, without waiting in the queue and without pauses."
            ),
        ),
        Column(
            "Seconds",
            lambda row: round(row.seconds, 1) or None,
            make.NumberColumn(width="small", help="Time at work as a number, to sort by."),
        ),
        Column("Images a second", _figure("images_per_second"), _number(1)),
        Column("Seed", lambda row: row.seed),
        Column("Model", lambda row: row.model, plain),
        Column("Recipe", lambda row: row.recipe, plain),
        Column("Dataset", lambda row: row.dataset, plain),
        Column("Tags", lambda row: list(row.tags), make.ListColumn(width="small")),
        Column("Note", lambda row: " ".join(row.note.split()), make.TextColumn(width="medium")),
        Column("Begun", _day, plain),
        Column("Id", lambda row: row.id),
    ]


USUAL = [
    *("State", "AUC", "Loss", "Sensitivity", "Specificity", "Best epoch", "Course"),
    *("Time", "Seed", "Tags", "Note"),
]
_KEPT = "compare.columns"


def choose() -> list[str]:
    """What was chosen last time is chosen again."""
    names = [column.title for column in every()]
    kept = [name for name in remembered.recall(_KEPT, USUAL) if name in names]
    chosen = st.multiselect(
        "Columns", names, kept, key=memory.key("compare.columns"), persist_state="session"
    )
    if chosen != kept:
        remembered.remember(_KEPT, chosen)
    return chosen
