"""The answer first, as a person would say it; then how far to believe it."""

import html
from collections.abc import Iterator

import streamlit as st

from core.domain.card import ClassCard
from core.domain.cases import Case
from core.domain.prediction import Fitness, Prediction
from core.services.agreement import agreement
from core.services.caution import between_worlds, is_phantom
from ui import charts, words
from ui.components import model_card
from ui.state import OpenCase


def show(prediction: Prediction | None, case: OpenCase, *, truth: bool = True) -> None:
    """Without `truth` it is not told what a sample really shows."""
    if prediction is None:
        st.info(
            f"**{case.title}** is on the screen. Press **{case.asked_by}** to ask the model.",
            icon=":material/touch_app:",
        )
        return
    if prediction.label is None:
        _refused(prediction)
        return
    for doubt in doubts(prediction, case):
        st.warning(doubt, icon=":material/warning:")
    _verdict(prediction, prediction.label)
    model_card.beside(prediction.card)
    if truth and case.case is not None:
        _truth(case.case, prediction)


def _refused(prediction: Prediction) -> None:
    reasons = "\n".join(f"- {reason}" for reason in prediction.fitness.reasons)
    st.error(
        f"**No answer.** This is not an image the model can judge.\n\n{reasons}\n\n"
        "Choose a mammogram, or a sample case.",
        icon=":material/block:",
    )


def doubts(prediction: Prediction, case: OpenCase) -> Iterator[str]:
    """What must be read before the answer."""
    if prediction.fitness.status is Fitness.DOUBTFUL:
        yield (
            "This image differs from those the model learned from, so its answer may mean "
            f"nothing. {' '.join(prediction.fitness.reasons)}"
        )
    drawn = case.case is not None or _phantom(prediction)
    caution = between_worlds(prediction.card, drawn=drawn)
    if caution and caution not in prediction.fitness.reasons:
        yield caution


def _phantom(prediction: Prediction) -> bool:
    return is_phantom(prediction.mammogram.facts)


def _verdict(prediction: Prediction, label: str) -> None:
    names = [item.name for item in prediction.card.classes]
    chosen = class_card(prediction, label)
    chance = prediction.probabilities[label]
    st.html(
        f'<div class="answer" style="--class-colour: {charts.class_colour(label, names)}">'
        f'<p class="kicker">The model\'s answer</p>'
        f'<p class="verdict">{html.escape(chosen.title)}, '
        f"{words.percent(chance)}</p>"
        f"<p>{html.escape(chosen.plain)}</p>{_unsure(prediction, chance)}</div>"
    )


def _unsure(prediction: Prediction, chance: float) -> str:
    reasons = ["this answer has less than even odds"] if chance < 0.5 else []
    networks = agreement(prediction)
    if networks and not networks.united:
        reasons.append("its networks disagree")
    if not reasons:
        return ""
    return f"<p><strong>The model is unsure</strong>: {' and '.join(reasons)}.</p>"


def _truth(case: Case, prediction: Prediction) -> None:
    truth = case.pathology
    if truth is None:
        return
    known = {item.name: item.title for item in prediction.card.classes}
    findings = words.joined([_finding(f.kind.value, f.note) for f in case.findings])
    said = known.get(truth.value, words.title(truth.value)).lower()
    drawn = f": {findings}" if findings else ", without a finding"
    if truth.value not in known:
        verdict = "this model has no such class"
    elif truth.value == prediction.label:
        verdict = "the answer is right"
    else:
        verdict = "the answer is wrong"
    st.markdown(
        f"This sample was drawn as **{said}**{drawn}; {verdict}.", help=words.explain("synthetic")
    )


def _finding(kind: str, note: str) -> str:
    article = "an" if kind[0] in "aeiou" else "a"
    return f"{article} {kind}" + (f" ({note})" if note else "")


def class_card(prediction: Prediction, name: str) -> ClassCard:
    return next(item for item in prediction.card.classes if item.name == name)
