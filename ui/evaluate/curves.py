"""The curves, several models laid over each other, each with its numbers to take along."""

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.domain.curves import Points
from core.domain.training import MEASURES
from ui import charts_evaluation as charts
from ui import charts_scores
from ui.charts_frame import Line
from ui.evaluate import look, memory
from ui.evaluate.memory import Pressed
from ui.evaluate.room import Room, class_colours

# What a press on a curve means: so many cases around the score that was pressed.
AROUND = 24
Curve = Callable[[Line], Points | None]


def show(room: Room) -> None:
    lines = room.lines
    with st.container(key="evaluate-curves"):
        _card(
            room,
            "roc",
            "ROC curve",
            charts.roc(lines),
            lambda one: one.curves.roc,
            pressed=_near,
        )
        _card(
            room,
            "precision_recall",
            "Precision-recall curve",
            charts.precision_recall(lines),
            lambda one: one.curves.precision_recall,
            pressed=_near,
        )
        _card(
            room,
            "calibration",
            "Calibration",
            charts_scores.calibration(lines),
            lambda one: one.curves.calibration,
            pressed=_bin,
        )
        _scores(room)
        _card(
            room,
            "decision",
            "Decision curve",
            charts_scores.decision(lines),
            lambda one: one.curves.decision,
        )
        _by_class(room)
        for measure in _learned(room):
            _learning(room, measure)
    st.caption(
        "Every chart is saved as PNG or SVG from its own menu, which shows when the pointer is "
        "over it."
    )


def _card(
    room: Room,
    name: str,
    title: str,
    figure: go.Figure | None,
    curve: Curve,
    pressed: Callable[[Room, str], None] | None = None,
) -> None:
    missing = next((item.evaluation.curves.missing for item in room.items), {})
    look.chart(
        name,
        title,
        figure,
        lambda: _frame(room, curve),
        why_not=missing.get(name, ""),
        on_select=partial(pressed, room, name) if pressed else None,
    )


def _frame(room: Room, curve: Curve) -> pd.DataFrame:
    parts = []
    for line in room.lines:
        found = curve(line)
        if found is not None:
            table = pd.DataFrame(found.columns())
            table.insert(0, "model", line.name)
            parts.append(table)
    return pd.concat(parts) if parts else pd.DataFrame()


def _near(room: Room, name: str) -> None:
    """The cases whose scores lie nearest to the point that was pressed."""
    found = look.selected(name)
    if not found:
        return
    place, at = int(found[0][0]), float(found[0][1])
    item = room.items[place]
    scores = item.found.sample.score
    nearest = sorted(abs(scores - at))[: min(AROUND, scores.size)]
    reach = float(nearest[-1])
    _go(room, place, (max(0.0, at - reach), min(1.0, at + reach)), f"Scores around {at:.3f}")


def _bin(room: Room, name: str) -> None:
    found = look.selected(name)
    if found:
        place, low, high = int(found[0][0]), float(found[0][1]), float(found[0][2])
        _go(room, place, (low, high), f"Scores from {low:.3f} to {high:.3f}")


def _go(room: Room, place: int, scores: tuple[float, float], said: str) -> None:
    if room.several:
        st.session_state[memory.key("focus")] = room.items[place].name
    memory.press(Pressed(scores=scores, said=said))


def _scores(room: Room) -> None:
    for place, (item, line) in enumerate(zip(room.items, room.lines, strict=True)):
        positive = item.found.subject.positive
        group = " or ".join(item.titles[name].lower() for name in positive)
        name = f"scores.{place}"
        look.chart(
            name,
            f"Scores{f' of {item.name}' if room.several else ''}",
            charts_scores.scores(line, place, (group or "positive", "all others")),
            partial(_columns, line.curves.scores),
            why_not=item.evaluation.curves.missing.get("roc", ""),
            on_select=partial(_bin, room, name),
        )


def _by_class(room: Room) -> None:
    item, line = room.first, room.lines[room.place]
    if not item.evaluation.curves.by_class:
        return
    colours = class_colours(item.evaluation)
    whose = f", {item.name}" if room.several else ""
    look.chart(
        "roc.by-class",
        f"Each class against the rest{whose}",
        charts.roc_by_class(line, item.titles, colours),
        lambda: _classes(line),
    )


def _classes(line: Line) -> pd.DataFrame:
    parts = []
    for name, curve in line.curves.by_class.items():
        table = pd.DataFrame(curve.columns())
        table.insert(0, "class", name)
        parts.append(table)
    return pd.concat(parts)


def _columns(found: Points | None) -> pd.DataFrame:
    return pd.DataFrame(found.columns() if found else {})


def _learned(room: Room) -> list[str]:
    """Measures of which some run kept a curve; the loss and the AUC say most."""
    known = {key for item in room.items for key in item.evaluation.learning}
    return [name for name in ("loss", "auc") if name in known and name in MEASURES]


def _learning(room: Room, measure: str) -> None:
    title = "AUC" if measure == "auc" else measure
    look.chart(
        f"learning.{measure}",
        f"Learning curve, {title}",
        charts_scores.learning(room.lines, measure),
        lambda: _history({item.name: item.evaluation.learning for item in room.items}),
        why_not="The run's history holds no such figure.",
    )


def _history(tables: Mapping[str, Mapping[str, list[float]]]) -> pd.DataFrame:
    parts = [pd.DataFrame(table).assign(model=name) for name, table in tables.items() if table]
    return pd.concat(parts) if parts else pd.DataFrame()
