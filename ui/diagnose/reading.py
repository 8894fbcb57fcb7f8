"""One image and what a model says of it: answer, picture, heatmap, bars and facts."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.prediction import Prediction
from core.services.catalogue import Bundle
from ui import analysis, state
from ui.components import (
    answer,
    evidence,
    heatmap_look,
    heatmap_target,
    image_facts,
    model_card,
)
from ui.diagnose import feedback, others, steadiness
from ui.state import OpenCase


def show(
    case: OpenCase,
    model: Bundle | None,
    bundles: list[Bundle],
    progress: DeltaGenerator,
    *,
    asked: bool,
) -> Prediction | None:
    prediction = state.result(case.key, model.name) if model else None
    if model and asked:
        prediction = analysis.run(case, model.name, progress)
    with st.container(key="reading"):
        with st.container(key="verdict"):
            answer.show(prediction, case)
        with st.container(key="picture"):
            evidence.picture("viewer", case, prediction)
        with st.container(key="heat"):
            if prediction and prediction.heatmap:
                heatmap_target.show("viewer", case, prediction)
                heatmap_look.show("viewer", case, prediction)
        with st.container(key="sureness"):
            if prediction and prediction.probabilities:
                evidence.bars("bars", prediction)
            steady = st.container(key="steady")
        with st.container(key="about"):
            opinions = st.container(key="opinions")
            if prediction:
                others.show("compare", case, prediction, bundles)
            _about(case, model)
    if prediction and prediction.label:
        # Last: the page is read while this is worked out.
        with steady:
            steadiness.show(prediction, case.key)
        with opinions:
            feedback.show("feedback", case, prediction)
    return prediction


def _about(case: OpenCase, model: Bundle | None) -> None:
    image_facts.show("facts", case)
    if model:
        with st.expander("About this model", icon=":material/model_training:"):
            model_card.show(model.card)
