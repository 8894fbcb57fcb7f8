"""Which answer the heatmap speaks for: the one given, or another to compare."""

import streamlit as st

from core.domain.prediction import Prediction
from core.services import diagnose
from ui import state, words
from ui.state import OpenCase


def show(key: str, case: OpenCase, prediction: Prediction) -> str | None:
    if prediction.heatmap is None:
        return None
    titles = {item.name: item.title for item in prediction.card.classes}
    name = f"{key}.target"
    # After a new analysis the choice follows the answer.
    st.session_state[name] = prediction.heatmap.target
    st.markdown("**Where the model looked**", help=words.explain("heatmap"))
    return st.selectbox(
        "Show what spoke for",
        list(titles),
        format_func=lambda value: titles[value],
        key=name,
        on_change=_redraw,
        args=(name, case, prediction.model),
    )


def _redraw(name: str, case: OpenCase, model: str) -> None:
    target = st.session_state[name]
    state.keep_result(case.key, diagnose.analyse(case.mammogram, model, target=target))
