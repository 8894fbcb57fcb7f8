"""One view of an exam that was read as a whole: the picture, and where it spoke for the answer."""

from collections.abc import Sequence

import streamlit as st

from core.domain.prediction import Prediction
from core.services import exam
from core.services.catalogue import Bundle
from core.services.exam_result import SIDE_NAMES, ExamAnswer, ViewAnswer
from ui import words
from ui.components import evidence, heatmap_look, image_facts, model_card
from ui.diagnose import exam_answer, exam_known, feedback
from ui.state import ExamView, OpenCase


def alone(case: OpenCase, model: Bundle, *, asked: bool) -> None:
    """A single image, to a model that is meant for several, which it may have come with."""
    if len(case.together) < 2:
        st.info(
            f"{exam.ONE_VIEW.replace('was given', 'is given')} Choose **An exam** above to give it "
            "all views.",
            icon=":material/grid_view:",
        )
    facts = case.mammogram.facts
    side = facts.laterality or (case.case.laterality if case.case else None)
    view = facts.view or (case.case.view if case.case else None)
    views = case.together or (ExamView(case, side, view),)
    told = exam_known.show("alone", views, model)
    answer = exam_answer.show("alone", views, model, told, asked=asked)
    show(case, views, model, answer)


def show(
    case: OpenCase, views: Sequence[ExamView], model: Bundle, answer: ExamAnswer | None
) -> None:
    found = _found(case, views, answer)
    prediction = _shown(found) if found else None
    with st.container(key="reading"):
        with st.container(key="verdict"):
            _said(case, found)
        with st.container(key="picture"):
            evidence.picture("viewer", case, prediction)
        with st.container(key="heat"):
            if prediction and prediction.heatmap:
                heatmap_look.show("viewer", case, prediction)
        with st.container(key="about"):
            if prediction and prediction.label:
                feedback.show("feedback", case, prediction)
            image_facts.show("facts", case)
            with st.expander("About this model", icon=":material/model_training:"):
                model_card.show(model.card)


def _found(
    case: OpenCase, views: Sequence[ExamView], answer: ExamAnswer | None
) -> ViewAnswer | None:
    """The answer holds the views in their order, less those that could not be opened."""
    if answer is None:
        return None
    missing = {name for name, _ in answer.faults}
    left = [one.case.key for one in views if one.case.title not in missing]
    return answer.views[left.index(case.key)] if case.key in left else None


def _shown(found: ViewAnswer) -> Prediction:
    if not found.read or found.prediction.label is None:
        return found.prediction
    titles = {item.name: item.title for item in found.prediction.card.classes}
    st.session_state.setdefault("exam.target", found.prediction.label)
    if st.session_state["exam.target"] not in titles:
        st.session_state["exam.target"] = found.prediction.label
    return found.showing(st.session_state["exam.target"])


def _said(case: OpenCase, found: ViewAnswer | None) -> None:
    if found is None:
        st.info(
            f"**{case.title}** is on the screen. Press **{case.asked_by}** to ask the model.",
            icon=":material/touch_app:",
        )
        return
    if not found.read or found.prediction.label is None:
        reasons = "\n".join(f"- {reason}" for reason in found.prediction.fitness.reasons)
        st.error(
            f"**This view was left out.** {reasons or 'The model reads fewer views than these.'}",
            icon=":material/block:",
        )
        return
    for reason in found.prediction.fitness.reasons:
        st.warning(reason, icon=":material/warning:")
    _place(found)


def _place(found: ViewAnswer) -> None:
    card = found.prediction.card
    titles = {item.name: item.title for item in card.classes}
    side = found.case.laterality
    breast = f"the {SIDE_NAMES[side]} breast" if side else "the more suspicious breast"
    st.markdown("**Where the model looked**", help=words.explain("heatmap"))
    target = st.selectbox(
        "Show what spoke for",
        list(titles),
        format_func=lambda name: titles[name],
        key="exam.target",
    )
    share = found.shares.get(target, 0.0)
    of_all = "" if share == 1 else f" Of all that did, {words.percent(share)} lay in this view."
    st.caption(
        f"Colour shows what in this view spoke for {titles[target].lower()} in {breast}.{of_all}",
        help="Grad-CAM, followed through the layer that reads all views together. Colours are "
        "scaled to the strongest place of each view; the share says how views compare. A breast "
        "is judged by its own views only.",
    )
