"""Heatmaps of the images on the screen, and of no others; kept for going back and forth."""

from collections.abc import Sequence

import streamlit as st

from core.errors import MammolensError
from core.services import explaining
from core.services.answers import answers_file
from core.services.explaining import Maps
from core.services.judgement import Judgement
from ui.evaluate.stock import Shown


def heat_of(
    item: Shown, rows: Sequence[int], classes: Sequence[str], method: str = ""
) -> Maps | None:
    """Of rows of the dataset, each for its class; None where no map can be drawn, which is said."""
    order = list(item.titles)
    targets = tuple(order.index(name) for name in classes)
    about = answers_file(item.found.subject, item.found.dataset).stem
    cold = not explaining.is_warm(item.found)
    said = "Loading the model, which takes some seconds" if cold else "Drawing heatmaps"
    try:
        with st.spinner(said):
            return _maps(about, tuple(rows), targets, method, item.found)
    except MammolensError as fault:
        st.caption(f"No heatmaps: {fault}")
        return None


@st.cache_data(max_entries=48, show_spinner=False)
def _maps(
    about: str, rows: tuple[int, ...], targets: tuple[int, ...], method: str, _found: Judgement
) -> Maps:
    return explaining.maps(_found, rows, targets, method)[0]
