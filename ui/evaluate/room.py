"""What every section of the page is given: the models as they stand, and which is spoken of."""

from dataclasses import dataclass

import streamlit as st

from core.domain.evaluation import Evaluation
from ui import charts
from ui.charts_frame import Line, model_colour
from ui.evaluate import memory
from ui.evaluate.stock import Shown, Wish


@dataclass(frozen=True)
class Room:
    wish: Wish
    items: list[Shown]
    focus: str

    @property
    def first(self) -> Shown:
        """The model that single-model parts speak of."""
        return next(item for item in self.items if item.name == self.focus)

    @property
    def several(self) -> bool:
        return len(self.items) > 1

    @property
    def lines(self) -> list[Line]:
        return [
            Line(item.name, item.evaluation, item.found.threshold, item.figures)
            for item in self.items
        ]

    @property
    def place(self) -> int:
        return self.items.index(self.first)


def choose_model(room: Room, label: str = "Model") -> None:
    """Where several are on the page: which one the threshold and the cases belong to."""
    if not room.several:
        return
    names = [item.name for item in room.items]
    st.segmented_control(
        label,
        names,
        default=names[0],
        required=True,
        key=memory.key_among("focus", names),
        persist_state="session",
    )


def chip(item: Shown, place: int) -> str:
    return (
        f'<span class="chip"><span style="background:{model_colour(place)}"></span>'
        f"{item.name}</span>"
    )


def class_colours(evaluation: Evaluation) -> dict[str, str]:
    names = [item.name for item in evaluation.judged.classes]
    return {name: charts.class_colour(name, names) for name in names}
