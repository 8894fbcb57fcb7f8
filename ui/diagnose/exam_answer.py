"""What a model of whole exams says of the patient and of each breast."""

import html
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.domain.prediction import Fitness
from core.errors import MammolensError
from core.services import exam
from core.services.catalogue import Bundle
from core.services.caution import between_worlds, is_phantom
from core.services.exam_result import BreastAnswer, ExamAnswer
from core.services.exam_views import ViewFile, shown_view
from ui import charts, state, words
from ui.components import evidence, model_card
from ui.state import ExamView, Mark


def show(
    key: str, views: Sequence[ExamView], model: Bundle, told: dict[str, Any], *, asked: bool
) -> ExamAnswer | None:
    """The answer to just these views and facts; one to others is not shown."""
    of = _mark(views, model, told)
    kept = state.exam_answer()
    if asked and (kept is None or kept[0] != of) and (found := _read(views, model, told)):
        state.keep_exam_answer(of, found)
        kept = of, found
    if kept is None or kept[0][:2] != of[:2]:
        return None
    if kept[0] != of:
        st.info(
            "The views or what is known of the patient have changed since the model answered. "
            "Ask it again.",
            icon=":material/update:",
        )
        return None
    _drawn(key, views, kept[1])
    return kept[1]


def _mark(views: Sequence[ExamView], model: Bundle, told: dict[str, Any]) -> Mark:
    about = tuple((one.case.key, one.side, one.view) for one in views)
    return model.name, tuple(one.case.key for one in views), about, tuple(sorted(told.items()))


def _read(views: Sequence[ExamView], model: Bundle, told: dict[str, Any]) -> ExamAnswer | None:
    with st.spinner("Reading the exam", show_time=True):
        bar = st.progress(0.0, text="Loading the model; the first time this takes some seconds")

        def say(text: str, share: float) -> None:
            bar.progress(share, text=text)

        try:
            return exam.read_exam(
                model,
                "",
                [_file(one) for one in views],
                told=told,
                progress=say,
            )
        except MammolensError as fault:
            st.error(str(fault), icon=":material/error:")
            return None
        finally:
            bar.empty()


def _file(one: ExamView) -> ViewFile:
    case = one.case
    return shown_view(case.title, case.mammogram, case.data, one.side, one.view, one.exam)


def _drawn(key: str, views: Sequence[ExamView], answer: ExamAnswer) -> None:
    with st.container(border=True, key=f"{key}-whole"):
        for file, fault in answer.faults:
            st.error(f"{file}: {fault}", icon=":material/error:")
        if answer.label is None:
            reasons = "\n".join(f"- {reason}" for reason in answer.fitness.reasons)
            st.error(
                f"**No answer.** No view of this exam can be judged by this model.\n\n{reasons}",
                icon=":material/block:",
            )
            return
        for doubt in _doubts(views, answer):
            st.warning(doubt, icon=":material/warning:")
        _verdict(answer, answer.label)
        model_card.beside(answer.card)
        for column, side in zip(st.columns(2), ("right", "left"), strict=True):
            with column:
                _breast(f"{key}.{side}", side, answer.breasts[side], answer)
        evidence.explained(answer.card)
        _told(answer)


def _doubts(views: Sequence[ExamView], answer: ExamAnswer) -> list[str]:
    """What must be read before the answer."""
    doubts = []
    if answer.fitness.status is Fitness.DOUBTFUL:
        doubts.append(
            "Some of this exam differs from what the model learned from, so its answer may mean "
            f"nothing. {' '.join(answer.fitness.reasons)}"
        )
    worlds = {bool(one.case.case) or is_phantom(one.case.mammogram.facts) for one in views}
    said = {between_worlds(answer.card, drawn=drawn) for drawn in worlds}
    return [*doubts, *(one for one in sorted(said) if one and one not in answer.fitness.reasons)]


def _verdict(answer: ExamAnswer, label: str) -> None:
    names = [item.name for item in answer.card.classes]
    chosen = next(item for item in answer.card.classes if item.name == label)
    alarm = label in answer.card.operating_point.positive
    meaning = (
        "<p>The percentage is the chance that at least one breast shows this. The more suspicious "
        "breast speaks for the patient.</p>"
        if alarm
        else "<p>The percentage is the chance that this holds for both breasts.</p>"
    )
    if not all(answer.breasts.values()):
        meaning = ""
    st.html(
        f'<div class="answer" style="--class-colour: {charts.class_colour(label, names)}">'
        f'<p class="kicker">The model\'s answer for the whole exam</p>'
        f'<p class="verdict">{html.escape(chosen.title)}, '
        f"{words.percent(answer.probabilities[label])}</p>"
        f"<p>{html.escape(chosen.plain)}</p>{meaning}</div>"
    )


def _breast(key: str, side: str, found: BreastAnswer | None, answer: ExamAnswer) -> None:
    if found is None:
        st.markdown(f"**{side.capitalize()} breast**")
        st.caption(f"There is no view of the {side} breast, so nothing is said of it.")
        return
    title = next(item.title for item in answer.card.classes if item.name == found.label)
    chance = words.percent(found.probabilities[found.label])
    st.markdown(
        f"**{side.capitalize()} breast: {title}, {chance}** ({words.count(found.views, 'view')})",
        help=words.explain("probability"),
    )
    evidence.chart(f"{key}.bars", found.probabilities, answer.card)


def _told(answer: ExamAnswer) -> None:
    known = {name: value for name, value in answer.known.items() if name != "exams"}
    said = [f"{name} {_plain(value)}" for name, value in known.items() if value is not None]
    missing = [name for name, value in known.items() if value is None]
    parts = [f"The model was told of the patient: {words.joined(said)}."] if said else []
    parts += [f"Not known to it: {words.joined(missing)}."] if missing else []
    if answer.known.get("exams", 0) > 1:
        parts.append(f"It read {answer.known['exams']} exams of different dates.")
    st.caption(" ".join(parts))
    for note in answer.notes:
        if note != exam.ONE_VIEW:  # said before anybody asked
            st.caption(note)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.0f}" if isinstance(value, float) else str(value)
