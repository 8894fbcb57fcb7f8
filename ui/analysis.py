"""Asks a model about an image while the page shows how far it has come."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.prediction import Prediction
from core.errors import MammolensError
from core.services import diagnose
from ui import state

_FIRST = "Loading the model; the first time this takes some seconds"


def run(
    case: state.OpenCase, model: str, place: DeltaGenerator, target: str | None = None
) -> Prediction | None:
    """None when it fails, with the reason on the page."""
    cold = not diagnose.is_warm(model)
    with place:
        shown = st.empty()
    with shown.container(), st.spinner("Analysing", show_time=True):
        bar = st.progress(0.0, text=_FIRST if cold else "Starting")

        def say(text: str, share: float) -> None:
            bar.progress(share, text=_FIRST if cold and share < 0.1 else text)

        try:
            prediction = diagnose.analyse(case.mammogram, model, target=target, progress=say)
        except MammolensError as fault:
            shown.error(f"{fault}", icon=":material/error:")
            return None
    shown.empty()
    state.keep_result(case.key, prediction)
    return prediction
