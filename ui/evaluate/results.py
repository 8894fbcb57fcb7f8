"""Everything that is said of the models, from the answer down to the single case.

One fragment: moving the threshold runs nothing else of the page, and only the section that
is open is computed.
"""

from collections.abc import Callable

import streamlit as st

from ui import frame
from ui.evaluate import (
    cases,
    classes,
    compare,
    curves,
    figures,
    groups,
    headline,
    heatmaps,
    memory,
    point,
    stock,
    taking,
)
from ui.evaluate.room import Room
from ui.evaluate.stock import Wish

Section = Callable[[Room], None]
SECTIONS: dict[str, Section] = {
    "Figures": figures.show,
    "Curves": curves.show,
    "By class": classes.show,
    memory.CASES: cases.show,
    "Groups": groups.show,
    "Heatmaps": heatmaps.show,
    "Compare": compare.show,
    "Report": taking.show,
}


def show(wish: Wish) -> None:
    st.fragment(_all)(wish)


def _all(wish: Wish) -> None:
    with frame.calm():
        items = [
            stock.shown(name, wish, point.chosen(name, stock.judgement(name, wish)))
            for name in wish.models
        ]
        room = Room(wish, items, memory.focus(list(wish.models)))
        headline.warnings(room)
        headline.answer(room)
        point.show(room)
        headline.figures(room)
        headline.notes(room)
        names = [name for name in SECTIONS if name != "Compare" or len(items) > 1]
        tabs = st.tabs(names, key=memory.SECTION, bind="query-params")
        for tab, name in zip(tabs, names, strict=True):
            if tab.open:
                with tab:
                    SECTIONS[name](room)
        st.page_link(
            "pages/1_Diagnose.py",
            label="Next: look at a single image with the model",
            icon=":material/arrow_forward:",
        )
