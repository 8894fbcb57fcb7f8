"""One image of the dataset, large, with its findings and what is known of it."""

import html
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import MammolensError
from core.services import gallery, large_view
from core.services.large_view import LargeView
from core.services.prepared_sets import PreparedDataset, class_titles, stamp
from ui import charts
from ui.components import image_viewer, step_through
from ui.components.image_viewer import Look, Picture
from ui.data import look, memory

PREPARED, ORIGINAL = "As prepared", "As in its file"
_FACTS = {
    "patient_id": "Patient",
    "laterality": "Side",
    "view": "View",
    "age": "Age",
    "density": "Density",
    "birads": "BI-RADS",
    "implant": "Implant",
    "machine": "Machine",
    "site": "Site",
    "source": "Source",
    "label": "Label in the set",
    "official_split": "Official split",
    "path": "File",
}


@st.dialog("Image", width="large")
def show(dataset: PreparedDataset, rows: list[int], row: int) -> None:
    """`rows` are those that the gallery has found, so that one can go on from here."""
    at = memory.key("light.at")
    begun = memory.key("light.begun")
    if st.session_state.get(begun) != row:
        st.session_state[begun], st.session_state[at] = row, rows.index(row)
    place = min(st.session_state[at], len(rows) - 1)
    shown = rows[place]
    about = dataset.index.iloc[shown]
    kind = _steps(at, place, len(rows), str(about["image_id"]))
    left, right = st.columns([2, 1.1])
    with left:
        _picture(dataset, shown, original=kind == ORIGINAL)
    with right:
        _about(dataset, about)
        _use(dataset, shown)


def _steps(at: str, place: int, count: int, name: str) -> str:
    with st.container(horizontal=True, vertical_alignment="center"):
        step_through.show(at, place, count)
        kind = st.segmented_control(
            "Picture",
            [PREPARED, ORIGINAL],
            default=PREPARED,
            required=True,
            key=memory.key("light.kind"),
            label_visibility="collapsed",
        )
        st.markdown(f"**{name}**, {place + 1:,} of {count:,}")
    return kind


def _picture(dataset: PreparedDataset, row: int, *, original: bool) -> None:
    try:
        view = _view(dataset.info.name, stamp(dataset.info.name), row, original, dataset)
    except (MammolensError, OSError) as fault:
        st.warning(str(fault), icon=":material/image_not_supported:")
        return
    with st.container(key="data-light"):
        image_viewer.show(
            "light", Picture(view.image, view.width, view.height, view.label, None, view.outlines)
        )
        with st.container(key="unseen-light-look"):
            drawn = st.session_state.get(memory.key("light.findings"), True)
            image_viewer.adjust("light", Look(outline=bool(drawn)))
    if view.outlines:
        st.toggle("Draw the findings", True, key=memory.key("light.findings"))


@st.cache_data(max_entries=32, show_spinner="Opening the image")
def _view(name: str, at: float, row: int, original: bool, _dataset: PreparedDataset) -> LargeView:
    return large_view.original(_dataset, row) if original else large_view.prepared(_dataset, row)


def _about(dataset: PreparedDataset, about: "pd.Series[Any]") -> None:
    titles = class_titles(dataset)
    name = str(about["class"])
    colour = charts.class_colour(name, list(titles))
    st.html(
        f'<p class="data-class"><span style="background:{colour}"></span>'
        f"{html.escape(titles.get(name, name))}</p>"
    )
    look.facts({title: _said(about[key]) for key, title in _FACTS.items()})
    for finding in gallery.found_in(about):
        pathology = f", {finding.pathology.value.replace('_', ' ')}" if finding.pathology else ""
        note = f" ({finding.note})" if finding.note else ""
        st.markdown(f"- {finding.kind.value.capitalize()}{pathology}{html.escape(note)}")


def _said(value: Any) -> str:
    if pd.isna(value) or value == "":
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _use(dataset: PreparedDataset, row: int) -> None:
    if st.button("Try preprocessing on it", icon=":material/tune:", width="stretch"):
        memory.keep_row(dataset.info.name, row)
        memory.open_next("Preprocessing")
        st.rerun()
