"""All figures with their intervals, beside the confusion matrix that they come from."""

import html

import pandas as pd
import streamlit as st

from core.domain.figures import FIGURES, figure_info
from core.services.evaluation_view import shown
from ui.charts_confusion import confusion
from ui.data import command
from ui.evaluate import look, memory, offers
from ui.evaluate.look import Row
from ui.evaluate.memory import Pressed
from ui.evaluate.room import Room
from ui.evaluate.stock import Shown


def show(room: Room) -> None:
    left, right = st.columns([1.1, 1], gap="large")
    with right:
        matrix(room, "confusion")
    with left:
        _figures(room)
    command.show(offers.evaluate_words(room.wish, "--json"))


def matrix(room: Room, name: str) -> None:
    """Cells are pressed to see their images."""
    item = room.first
    order = list(item.titles)
    look.chart(
        name,
        f"Confusion matrix{f' of {item.name}' if room.several else ''}",
        confusion(item.now.confusion, order, list(item.titles.values())),
        lambda: _cells(item),
        on_select=lambda: _pressed(name),
        note="Counts, and shares of the true class. Press a cell to see its images.",
    )


def _pressed(name: str) -> None:
    found = look.selected(name)
    if found:
        truth, answer, truth_title, answer_title = found[0]
        memory.press(Pressed(truth, answer, None, f"{truth_title} called {answer_title}"))


def _cells(item: Shown) -> pd.DataFrame:
    counts = item.now.confusion
    rows = [
        {"truth": truth, "answer": answer, "images": counts[i][j]}
        for i, truth in enumerate(item.titles)
        for j, answer in enumerate(item.titles)
    ]
    return pd.DataFrame(rows)


def _figures(room: Room) -> None:
    """Several models stand beside each other; one model has its intervals drawn."""
    there = dict.fromkeys(key for item in room.items for key in item.figures)
    # Figures of single classes come last in their group.
    keys = [key for key in FIGURES if key in there] + [key for key in there if key not in FIGURES]
    titles = room.first.titles
    infos = {key: figure_info(key, titles) for key in keys}
    rows: list[Row] = []
    width = 1 + (len(room.items) if room.several else 3)
    for group in dict.fromkeys(info.group for info in FIGURES.values()):
        own = [key for key in keys if infos[key].group == group]
        if own:
            rows.append(Row((html.escape(group), *[""] * (width - 1)), "group"))
            for key in own:
                rows += [_row(room, key), *_beside(room, key)]
    measured = "measured on " + html.escape(room.first.evaluation.judged.where)
    if room.several:
        head = ["Figure", *(item.name for item in room.items)]
    else:
        head = ["Figure", "Value", "95% interval", ""]
    look.table(head, rows, f"Figures, {measured}")
    share = room.first.evaluation.context.prevalence
    unit = room.first.evaluation.judged.unit
    said = f"{room.first.found.sample.n:,} {unit}, {measured}. "
    if share is not None:
        said += (
            f"Figures marked * follow the share of positives, {share:.1%} here; do not compare "
            "them with sets of another share."
        )
    st.caption(said)
    look.csv("figures", lambda: _frame(room), "Figures (CSV)")


def _row(room: Room, key: str) -> Row:
    name = look.named(key, room.first.titles)
    if room.several:
        return Row((name, *(_cell(item, key) for item in room.items)))
    found = room.first.figures[key]
    return Row((name, shown(found.value), look.between(found), look.whisker(key, found)))


def _beside(room: Room, key: str) -> list[Row]:
    """What the figure must be read against, where there is one model to speak of."""
    seen = room.first.evaluation.context
    if room.several:
        return []
    if key == "accuracy":
        title = html.escape(room.first.titles.get(seen.majority, seen.majority).lower())
        return [
            Row((f"always answering “{title}”", shown(seen.majority_accuracy), "", ""), "baseline")
        ]
    first = "auc" if "auc" in room.first.figures else "macro_auc"
    if key != first:
        return []
    return [
        Row(
            (
                f"{html.escape(one.title.lower())} alone",
                shown(one.auc.value),
                look.between(one.auc),
                look.whisker(key, one.auc),
            ),
            "baseline",
        )
        for one in seen.shortcuts
        if one.auc
    ]


def _cell(item: Shown, key: str) -> str:
    found = item.figures.get(key)
    return f"{shown(found.value)}<small>{look.between(found)}</small>" if found else "–"


def _frame(room: Room) -> pd.DataFrame:
    rows = [
        {
            "model": item.name,
            "set": item.evaluation.judged.where,
            "figure": key,
            "title": figure_info(key, item.titles).title,
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "n": found.n,
        }
        for item in room.items
        for key, found in item.figures.items()
    ]
    return pd.DataFrame(rows)
