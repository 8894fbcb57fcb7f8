"""Asks what a person thinks of the answer and its heatmap, in four small questions."""

from dataclasses import replace

import streamlit as st

from core.domain.prediction import Prediction
from core.errors import MammolensError
from core.services import feedback
from core.services.feedback import Opinion
from core.services.low_confidence import why_doubtful
from ui import state
from ui.diagnose import steadiness
from ui.state import OpenCase

_LONGEST = feedback.LONGEST


def show(key: str, case: OpenCase, prediction: Prediction) -> None:
    """Folded away; a case of low confidence says so outside of it."""
    reasons = why_doubtful(prediction, steadiness.known(prediction, case.key))
    if reasons:
        st.warning(f"**Worth a second look.** {' '.join(reasons)}", icon=":material/flag:")
    with st.expander("What do you think of it?", icon=":material/rate_review:"):
        form(key, case, prediction)
        export(f"{key}.csv")


def form(key: str, case: OpenCase, prediction: Prediction, *, send: str = "Send") -> bool:
    """True once it was sent. Kept: ratings, comment, model and a hash of the image, no more."""
    about = (case.key, prediction.model, prediction.label)
    if state.opinion_given(about):
        st.success("Thank you, it is kept.", icon=":material/check:")
        return True
    part = f"{key}.{case.key}.{prediction.model}"
    reasons = why_doubtful(prediction, steadiness.known(prediction, case.key))
    with st.form(f"{part}.form", border=False):
        heat = _stars(
            f"{part}.heatmap", "Does the heatmap show the right place? (1 not at all, 5 exactly)"
        )
        result = _stars(
            f"{part}.result", "Is the result clear and believable? (1 not at all, 5 very)"
        )
        doubtful = st.checkbox(
            "This case is doubtful",
            value=bool(reasons),
            key=f"{part}.doubtful",
            help="Somebody should look at it again.",
        )
        comment = st.text_area("Comment", max_chars=_LONGEST, key=f"{part}.comment", height=80)
        if st.form_submit_button(send, icon=":material/send:"):
            said = _opinion(case, prediction, " ".join(reasons))
            _keep(
                replace(
                    said,
                    heatmap_rating=heat,
                    result_rating=result,
                    doubtful=doubtful,
                    comment=comment.strip(),
                ),
                about,
            )
    return False


def _opinion(case: OpenCase, prediction: Prediction, reasons: str) -> Opinion:
    heatmap, label = prediction.heatmap, prediction.label or ""
    return Opinion(
        image=feedback.image_hash(case.mammogram),
        model=prediction.model,
        label=label,
        probability=prediction.probabilities.get(label, 0.0),
        method=heatmap.method if heatmap else "",
        target=heatmap.target if heatmap else "",
        reasons=reasons,
        sample=case.key.removeprefix("sample:") if case.case else "",
        session=state.visitor(),
    )


def _keep(said: Opinion, about: tuple[object, ...]) -> None:
    try:
        feedback.add(said)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    state.keep_opinion_given(about)
    st.rerun()


def _stars(key: str, question: str) -> int | None:
    """1 to 5; `st.feedback` counts from 0."""
    st.markdown(question)
    given = st.feedback("stars", key=key)
    return None if given is None else int(given) + 1


def export(key: str) -> None:
    """For whoever runs the study."""
    if feedback.file().is_file():
        st.download_button(
            "All feedback (CSV)",
            data=feedback.as_csv,
            file_name="feedback.csv",
            mime="text/csv",
            icon=":material/download:",
            key=key,
            on_click="ignore",
        )
