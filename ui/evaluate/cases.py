"""The cases behind the figures: worst errors first, or those that a chart was pressed for."""

import pandas as pd
import streamlit as st

from core.errors import MammolensError
from core.services import case_notes, case_pictures
from ui import words
from ui.data import gallery_grid
from ui.evaluate import case_dialog, look, memory
from ui.evaluate.maps import heat_of
from ui.evaluate.memory import ANY, Pressed
from ui.evaluate.room import Room
from ui.evaluate.stock import Shown

PER_PAGE = 12
SIDE = 12.0
WHICH = {"wrong": "Wrong answers", "right": "Right answers", "all": "All", "noted": "With a note"}
ORDERS = {
    "worst": "Most wrong first",
    "sure": "Most sure first",
    "unsure": "Least sure first",
    "score": "Highest score first",
}


def show(room: Room) -> None:
    item = room.first
    try:
        known = case_notes.notes(room.wish.dataset)
    except MammolensError as fault:
        st.warning(str(fault), icon=":material/warning:")
        known = {}
    pressed = memory.pressed()
    _what_was_pressed(pressed)
    truth, answer, which, order = _filters(item, pressed)
    found = case_pictures.select(
        item.found.cases(),
        truth=truth,
        answer=answer,
        scores=pressed.scores,
        which=which,
        noted=list(known),
        order=order,
    )
    page = _bar(found)
    if found.empty:
        st.info("No image is like that. Take away a filter.", icon=":material/search_off:")
    else:
        part = found.iloc[page * PER_PAGE : (page + 1) * PER_PAGE]
        _grid(room, item, part, found, {name: one.flag for name, one in known.items()})
    _exports(room, item, found)


def _what_was_pressed(pressed: Pressed) -> None:
    if pressed == Pressed():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(pressed.said, icon=":material/filter_alt:", color="blue")
        st.button(
            "Show all cases again",
            icon=":material/close:",
            type="tertiary",
            on_click=memory.forget_pressed,
            key=memory.key("cases.clear"),
        )


def _filters(item: Shown, pressed: Pressed) -> tuple[str | None, str | None, str, str]:
    classes = [ANY, *item.titles]
    titles = {ANY: "Any", **item.titles}
    chosen = pressed != Pressed()
    one, two, three, four = st.columns([1, 1, 1, 1])
    truth = one.selectbox(
        "Truth",
        classes,
        index=_place(classes, pressed.truth),
        format_func=titles.__getitem__,
        key=memory.key_among("cases.truth", classes),
    )
    answer = two.selectbox(
        "Answer",
        classes,
        index=_place(classes, pressed.answer),
        format_func=titles.__getitem__,
        key=memory.key_among("cases.answer", classes),
    )
    which = three.selectbox(
        "Which",
        list(WHICH),
        index=2 if chosen else 0,
        format_func=WHICH.__getitem__,
        key=memory.key("cases.which"),
    )
    order = four.selectbox(
        "Order",
        list(ORDERS),
        index=1 if chosen else 0,
        format_func=ORDERS.__getitem__,
        key=memory.key(f"cases.order.{chosen}"),
    )
    return None if truth == ANY else truth, None if answer == ANY else answer, which, order


def _place(classes: list[str], name: str) -> int:
    """A cell that was pressed on another model's matrix may not be there."""
    return classes.index(name) if name in classes else 0


def _bar(found: pd.DataFrame) -> int:
    pages = max(1, -(-len(found) // PER_PAGE))
    at = memory.key("cases.page")
    st.session_state[at] = min(max(1, st.session_state.get(at, 1)), pages)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{words.count(len(found), 'image')}**")
        st.toggle(
            "Heatmaps",
            True,
            key=memory.key("cases.heat"),
            help=words.explain("heatmap"),
            persist_state="session",
        )
        st.toggle("Findings", True, key=memory.key("cases.findings"), persist_state="session")
        st.space("stretch")
        if pages > 1:
            page = st.number_input(f"Page, of {pages}", 1, pages, key=at, width=130)
            return int(page) - 1
    return 0


def _grid(
    room: Room, item: Shown, part: pd.DataFrame, found: pd.DataFrame, flags: dict[str, str]
) -> None:
    wanted = st.session_state.get(memory.key("cases.heat"), True)
    heat = heat_of(item, list(part["row"]), list(part["answer"])) if wanted else None
    tiles = case_pictures.tiles(item.found, part, item.titles, heat, flags=flags)
    pressed = gallery_grid.show(
        memory.key("cases.grid"),
        tiles,
        item.titles,
        findings=bool(st.session_state.get(memory.key("cases.findings"), True)),
        side=SIDE,
    )
    if heat is not None:
        st.caption(
            "Colour shows what spoke for the answer that was given; a yellow outline is the true "
            "finding. Press an image to see it large, and to write a note."
        )
    if pressed is not None:
        rows = [int(row) for row in found["row"]]
        if pressed in rows:
            case_dialog.show(room, item, rows, int(pressed))


def _exports(room: Room, item: Shown, found: pd.DataFrame) -> None:
    with st.container(horizontal=True):
        look.csv("cases", lambda: _with_notes(room, found), "These cases (CSV)")
        look.csv(
            "notes", lambda: case_notes.table(room.wish.dataset), "All notes on this dataset (CSV)"
        )


def _with_notes(room: Room, found: pd.DataFrame) -> pd.DataFrame:
    notes = case_notes.table(room.wish.dataset)[["image_id", "flag", "note"]]
    return found.merge(notes, on="image_id", how="left")
