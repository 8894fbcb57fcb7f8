"""How steady the answer is, worked out after everything else is on the screen."""

import streamlit as st

from core.domain.prediction import Prediction
from core.services import agreement, sureness
from core.services.sureness import Sureness
from ui import state, words

_HELP = (
    "The image is turned, moved, lightened and darkened a little, less than two pictures of one "
    "breast differ by, and the model is asked again. An answer that changes rests on little."
)


_NETWORKS = (
    "The model is made of several networks. Each learned from other patients, and the answer is "
    "their mean. Where they differ, the answer depends on whom it was learned from."
)


def show(prediction: Prediction, case_key: str) -> Sureness | None:
    _networks(prediction)
    found = _found(prediction, case_key)
    if found is None or prediction.label is None:
        return None
    spread = _spread(prediction, prediction.label, found.low, found.high, "to")
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


def _networks(prediction: Prediction) -> None:
    found = agreement.agreement(prediction)
    if found is None or prediction.label is None:
        return
    spread = _spread(prediction, prediction.label, found.low, found.high, "and")
    trained = f"{found.networks} networks, trained on different patients, answer between {spread}"
    if found.united:
        text = f"**The networks agree.** {trained}."
    elif found.agree == found.networks:
        text = f"**Same answer, different strength.** {trained}."
    else:
        alone = f"{found.agree} of them would give this answer alone"
        text = f"**The networks disagree.** {trained}; {alone}."
    st.markdown(text, help=_NETWORKS)


def _spread(prediction: Prediction, label: str, low: float, high: float, between: str) -> str:
    title = next(c.title for c in prediction.card.classes if c.name == label)
    return f"{words.percent(low)} {between} {words.percent(high)} for {title.lower()}"


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
