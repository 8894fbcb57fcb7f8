"""How steady the answer is, worked out after everything else is on the screen."""

import streamlit as st

from core.domain.prediction import Prediction
from core.services import sureness
from core.services.sureness import Sureness
from ui import state, words

_HELP = (
    "The image is turned, moved, lightened and darkened a little, less than two pictures of one "
    "breast differ by, and the model is asked again. An answer that changes rests on little."
)


def show(prediction: Prediction, case_key: str) -> Sureness | None:
    found = _found(prediction, case_key)
    if found is None or prediction.label is None:
        return None
    title = next(c.title for c in prediction.card.classes if c.name == prediction.label)
    spread = f"{words.percent(found.low)} to {words.percent(found.high)} for {title.lower()}"
    if found.steady:
        text = f"**Steady.** All {found.views} slightly changed copies have this answer: {spread}."
    elif found.agree == found.views:
        text = (
            f"**Same answer, less steady strength.** {found.views} slightly changed copies "
            f"range from {spread}."
        )
    else:
        text = (
            f"**Not steady.** {found.agree} of {found.views} slightly changed copies have this "
            f"answer: {spread}."
        )
    st.markdown(text, help=_HELP)
    return found


def known(prediction: Prediction, case_key: str) -> Sureness | None:
    """What was worked out for this answer, without asking again."""
    kept = state.steadiness()
    return kept[1] if kept and kept[0] == _key(prediction, case_key) else None


def _found(prediction: Prediction, case_key: str) -> Sureness | None:
    """Asked once for each answer; another heatmap changes nothing."""
    key = _key(prediction, case_key)
    kept = state.steadiness()
    if kept is None or kept[0] != key:
        kept = (key, sureness.sureness(prediction))
        state.keep_steadiness(kept)
    return kept[1]


def _key(prediction: Prediction, case_key: str) -> tuple[object, ...]:
    return case_key, prediction.model, prediction.logits
