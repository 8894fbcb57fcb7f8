"""One judged case, large: image, heatmap and finding; what the model said; notes and flags."""

import html
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import MammolensError
from core.services import case_notes, explaining, large_view, lesion_maps
from ui import charts, words
from ui.components import image_viewer, step_through
from ui.components.image_viewer import Look, Picture
from ui.data import look as data_look
from ui.evaluate import memory
from ui.evaluate.maps import heat_of
from ui.evaluate.room import Room
from ui.evaluate.stock import Shown

_FACTS = {
    "patient_id": "Patient",
    "laterality": "Side",
    "view": "View",
    "age_band": "Age",
    "density": "Density",
    "implant": "Implant",
    "machine": "Machine",
    "site": "Site",
    "source": "Source",
    "finding_kind": "Finding",
    "finding_size": "Size of finding",
    "difficulty": "Difficulty",
}


@st.dialog("Case", width="large")
def show(room: Room, item: Shown, rows: list[int], row: int) -> None:
    """`rows` are those that the filters have found, so that one can go on from here."""
    at, begun = memory.key("case.at"), memory.key("case.begun")
    if st.session_state.get(begun) != row:
        st.session_state[begun], st.session_state[at] = row, rows.index(row)
    place = min(st.session_state[at], len(rows) - 1)
    cases = item.found.cases()
    case = cases[cases["row"] == rows[place]].iloc[0]
    _steps(at, place, len(rows), str(case["image_id"]))
    left, right = st.columns([2, 1.2])
    with left:
        _picture(item, case)
    with right:
        _said(item, case)
        _notes(room, item, str(case["image_id"]))
        _about(case)


def _steps(at: str, place: int, count: int, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        step_through.show(at, place, count)
        st.markdown(f"**{name}**, {place + 1:,} of {count:,}")


def _picture(item: Shown, case: "pd.Series[Any]") -> None:
    view = large_view.prepared(item.found.dataset, int(case["row"]))
    target = str(case["answer"])
    if case["answer"] != case["class"]:
        options = {str(case["answer"]): "the answer", str(case["class"]): "the truth"}
        target = st.segmented_control(
            "Show what spoke for",
            list(options),
            default=target,
            required=True,
            format_func=lambda name: f"{item.titles[name]} ({options[name]})",
            key=memory.key_among(f"case.target.{case['row']}", options),
        )
    heat = heat_of(item, [int(case["row"])], [target], _method(item))
    drawn = None if heat is None else image_viewer.heat_address(heat[0])
    picture = Picture(view.image, view.width, view.height, view.label, drawn, view.outlines)
    with st.container(key="evaluate-light"):
        image_viewer.show("case", picture)
    _look(drawn is not None, bool(view.outlines), item.titles[target])


def _method(item: Shown) -> str:
    """How the map is drawn; slow ways are named as such."""
    if explaining.why_not(item.found):
        return ""
    known = lesion_maps.offered(item.found.subject.kind)
    chosen: str = st.selectbox(
        "Heatmap drawn by",
        list(known),
        format_func=lambda name: f"{known[name].title} ({known[name].cost})",
        key=memory.key_among("case.method", known),
        help="\n\n".join(f"**{one.title}.** {one.plain}" for one in known.values()),
    )
    return chosen


def _look(heat: bool, finding: bool, title: str) -> None:
    opacity = 0.5
    if heat:
        percent = st.slider(
            f"Strength of the colour, which spoke for {title.lower()}",
            0,
            100,
            50,
            step=5,
            format="%d%%",
            key=memory.key("case.opacity"),
        )
        opacity = percent / 100
    outline = finding and st.toggle(
        "Outline the true finding", True, key=memory.key("case.outline")
    )
    with st.container(key="unseen-case-look"):
        image_viewer.adjust("case", Look(opacity=opacity, outline=outline))


def _said(item: Shown, case: "pd.Series[Any]") -> None:
    truth, answer = str(case["class"]), str(case["answer"])
    colour = charts.class_colour(answer, list(item.titles))
    said = (
        f"Rightly called {item.titles[answer].lower()}"
        if case["correct"]
        else f"{item.titles[truth]}, called {item.titles[answer].lower()}"
    )
    st.html(
        f'<p class="data-class"><span style="background:{colour}"></span>{html.escape(said)}</p>'
    )
    rows = {
        item.titles[name]: words.percent(float(case[f"p_{name}"]))
        + (", the truth" if name == truth else "")
        for name in item.titles
    }
    data_look.facts(rows)
    st.caption(f"Called positive from {item.found.threshold:.3f} on.")


def _notes(room: Room, item: Shown, image: str) -> None:
    try:
        kept = case_notes.notes(room.wish.dataset).get(image, case_notes.CaseNote(image))
    except MammolensError as fault:
        st.warning(str(fault), icon=":material/warning:")
        return
    with st.form(memory.key(f"note.{image}"), border=True):
        flag = st.selectbox(
            "Flag",
            case_notes.FLAGS,
            index=case_notes.FLAGS.index(kept.flag),
            format_func=lambda name: name.capitalize() or "None",
            key=memory.key(f"flag.{image}"),
        )
        note = st.text_area(
            "Note",
            kept.note,
            max_chars=case_notes.LONGEST,
            key=memory.key(f"text.{image}"),
            height=90,
        )
        if st.form_submit_button("Keep", icon=":material/save:"):
            try:
                case_notes.write(room.wish.dataset, image, flag=flag, note=note, model=item.name)
            except MammolensError as fault:
                st.error(str(fault), icon=":material/error:")
            else:
                st.toast("Kept with the dataset.", icon=":material/check:")


def _about(case: "pd.Series[Any]") -> None:
    known = {title: case.get(name) for name, title in _FACTS.items()}
    data_look.facts({title: str(value) for title, value in known.items() if pd.notna(value)})
