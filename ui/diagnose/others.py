"""The same image put to other models, their answers side by side."""

import streamlit as st

from core.domain.prediction import Prediction
from core.errors import MammolensError
from core.services import diagnose
from core.services.catalogue import Bundle
from ui import charts, state, words
from ui.components import evidence
from ui.state import OpenCase

MOST = 3


def show(key: str, case: OpenCase, prediction: Prediction, bundles: list[Bundle]) -> None:
    others = {one.name: one for one in bundles if one.name != prediction.model}
    if not others:
        return
    with st.expander("Ask other models too", icon=":material/compare:"):
        chosen = st.multiselect(
            "Models to compare with",
            list(others),
            format_func=lambda name: others[name].card.title,
            max_selections=MOST,
            key=f"{key}.others",
            persist_state="session",
            help="Each prepares the image in its own way, so their heatmaps differ also for that.",
        )
        if st.button("Ask them", disabled=not chosen, key=f"{key}.ask_others"):
            for name in chosen:
                _ask(case, name)
        answers = [state.compared(case.key, name) for name in chosen]
        shown = [prediction, *(one for one in answers if one)]
        if len(shown) > 1:
            _side_by_side(key, shown)


def _ask(case: OpenCase, name: str) -> None:
    try:
        with st.spinner("Asking another model; the first time it has to be loaded"):
            state.keep_compared(case.key, diagnose.analyse(case.mammogram, name))
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")


def _side_by_side(key: str, answers: list[Prediction]) -> None:
    labels = {one.label for one in answers if one.label}
    st.markdown(
        "**The models agree.**" if len(labels) == 1 else "**The models do not agree.**",
        help="Models that learned from the same images may share the same mistakes.",
    )
    for column, one in zip(st.columns(len(answers)), answers, strict=True):
        with column:
            _answer(f"{key}.{one.model}", one)


def _answer(key: str, one: Prediction) -> None:
    st.markdown(f"**{one.card.title}**")
    if one.label is None:
        st.caption("No answer. " + " ".join(one.fitness.reasons))
        return
    title = next(c.title for c in one.card.classes if c.name == one.label)
    st.markdown(f"{title}, {words.percent(one.probabilities[one.label])}")
    chart = charts.probability_bars(one.probabilities, one.card.classes, one.card.operating_point)
    st.plotly_chart(chart, key=f"{key}.bars", config=charts.STILL, alt=evidence.in_words(one))
