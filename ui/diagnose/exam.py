"""The views of one exam: recognised, corrected where needed, read together."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from core.domain.cases import Side, View
from core.domain.prediction import Prediction
from core.errors import MammolensError
from core.services import diagnose, exam_reading
from core.services.catalogue import Bundle
from core.services.exam import ONE_VIEW
from core.services.exam_reading import BreastSummary, ExamSummary, recognise, summarise
from core.services.exam_views import whose
from ui import state, words
from ui.diagnose import exam_answer, exam_known, exam_view
from ui.state import Exam, ExamView, OpenCase

MOST_FILES = 12
MOST_MEGABYTES = 100
_SIDES = {Side.LEFT: "left", Side.RIGHT: "right", None: "not known"}
_VIEWS = {View.CC: "CC, from above", View.MLO: "MLO, from the side", View.OTHER: "another",
          None: "not known"}  # fmt: skip


def show(key: str, model: Bundle | None) -> OpenCase | None:
    """The view that is looked at; None where a model of whole exams has shown it already."""
    _gather(key)
    exam = state.exam()
    if not exam.views:
        st.info(
            "An exam is usually four images: each breast from above (CC) and from the side "
            "(MLO). Choose its files, or open the sample exam.",
            icon=":material/grid_view:",
        )
        return None
    exam = _edited(key, exam)
    if len({one.patient for one in exam.views if one.patient}) > 1:
        st.warning(
            "These files name different patients. They are read as one exam all the same; take "
            "away what does not belong to it.",
            icon=":material/group:",
        )
    if model and model.card.kind == "exam":
        _together(key, exam, model)
        return None
    _ask(key, exam, model)
    return _looked_at(key, exam, model)


def _together(key: str, exam: Exam, model: Bundle) -> None:
    told = exam_known.show(key, exam.views, model)
    if len(exam.views) == 1:
        st.info(ONE_VIEW.replace("was given", "is given"), icon=":material/grid_view:")
    asked = _button(key, model)
    answer = exam_answer.show(key, exam.views, model, told, asked=asked)
    exam_view.show(_looked_at(key, exam, model), exam.views, model, answer)


def _button(key: str, model: Bundle | None) -> bool:
    return st.button(
        "Read the exam",
        type="primary",
        icon=":material/play_arrow:",
        disabled=model is None,
        key=f"{key}.read",
    )


def _gather(key: str) -> None:
    files = st.file_uploader(
        f"The images of one exam, up to {MOST_FILES}",
        accept_multiple_files=True,
        max_upload_size=MOST_MEGABYTES,
        key=f"{key}.files",
        help="Kept in the server's memory while this page is open, never written to disk.",
    )
    sample = st.button("Open the sample exam", icon=":material/science:", key=f"{key}.sample")
    if sample:
        with st.spinner("Drawing the sample exam"):
            _keep(exam_reading.sample_exam())
    elif len(files) > MOST_FILES:
        st.error(
            f"These are {len(files)} files; an exam has at most {MOST_FILES}. Read more images "
            "as Many images.",
            icon=":material/error:",
        )
    elif files and state.exam().source != (source := tuple(file.file_id for file in files)):
        _keep(((file.name, file.getvalue()) for file in files), source)


def _keep(files: Iterable[tuple[str, bytes]], source: tuple[str, ...] = ()) -> None:
    views = []
    for name, data in files:
        try:
            mammogram = diagnose.preview(data, name)
        except MammolensError as fault:
            st.error(f"{name}: {fault}", icon=":material/error:")
            continue
        digest = hashlib.sha256(data).hexdigest()[:16]
        case = OpenCase(f"exam:{digest}", name, mammogram, data=data, asked_by="Read the exam")
        views.append(ExamView(case, *recognise(name, mammogram), *whose(name, data)))
    state.keep_exam(Exam(tuple(views), source))


def _edited(key: str, exam: Exam) -> Exam:
    """Sides and views as a person corrects them; the answers of the views stay."""
    rows = [
        {"File": one.case.title, "Breast": _SIDES[one.side], "View": _VIEWS[one.view]}
        for one in exam.views
    ]
    table = st.data_editor(
        rows,
        key=f"{key}.table.{'-'.join(one.case.key[-6:] for one in exam.views)}",
        hide_index=True,
        disabled=["File"],
        column_config={
            "Breast": st.column_config.SelectboxColumn(options=list(_SIDES.values())),
            "View": st.column_config.SelectboxColumn(options=list(_VIEWS.values())),
        },
    )
    sides = {title: value for value, title in _SIDES.items()}
    views = {title: value for value, title in _VIEWS.items()}
    edited = tuple(
        replace(one, side=sides[row["Breast"]], view=views[row["View"]])
        for one, row in zip(exam.views, table, strict=True)
    )
    return Exam(edited, exam.source, exam.answers)


def _ask(key: str, exam: Exam, model: Bundle | None) -> None:
    if _button(key, model) and model:
        bar = st.progress(0.0, text="Reading the views")
        answers = dict(exam.answers)
        for number, one in enumerate(exam.views, 1):
            try:
                answers[one.case.key, model.name] = diagnose.analyse(one.case.mammogram, model.name)
            except MammolensError as fault:
                st.error(f"{one.case.title}: {fault}", icon=":material/error:")
            bar.progress(number / len(exam.views), text=f"Read {one.case.title}")
        bar.empty()
        state.keep_exam(Exam(state.exam().views, exam.source, answers))
    answered = _answers(exam, model)
    if answered and model:
        _summary(summarise(answered, model.card), model)


def _answers(exam: Exam, model: Bundle | None) -> list[tuple[Side | None, View | None, Prediction]]:
    known = state.exam().answers
    found = [
        (one.side, one.view, known.get((one.case.key, model.name if model else "")))
        for one in exam.views
    ]
    return [(side, view, answer) for side, view, answer in found if answer]


def _summary(found: ExamSummary, model: Bundle) -> None:
    titles = {item.name: item.title for item in model.card.classes}
    if found.patient is None:
        st.error("No view of this exam can be judged by this model.", icon=":material/block:")
        return
    with st.container(border=True):
        st.markdown(
            f"**The exam: {titles[found.patient.label]}**",
            help="The views of a breast are averaged; the more suspicious breast speaks for the "
            "patient.",
        )
        for one in found.breasts:
            st.markdown(_sentence(one, titles[one.label]))
        if found.missing:
            names = [f"{_SIDES[side]} {view.name}" for side, view in found.missing]
            st.caption(f"Not in this exam, though usual: {words.joined(names)}.")
        if any(one.side is None for one in found.breasts):
            st.caption("Views of which the breast is not known are counted by themselves.")


def _sentence(one: BreastSummary, title: str) -> str:
    name = f"{_SIDES[one.side].capitalize()} breast" if one.side else "Breast not known"
    return (
        f"{name}: {title}, {words.percent(one.probabilities[one.label])} "
        f"({words.count(one.views, 'view')})"
    )


def _looked_at(key: str, exam: Exam, model: Bundle | None) -> OpenCase:
    names = {one.case.key: one for one in exam.views}
    chosen = st.segmented_control(
        "View to look at",
        list(names),
        format_func=lambda name: _short(names[name]),
        default=next(iter(names)),
        required=True,
        key=f"{key}.view.{exam.views[0].case.key}",
    )
    case = names[chosen].case
    answer = state.exam().answers.get((case.key, model.name if model else ""))
    if answer and model and state.result(case.key, model.name) is None:
        state.keep_result(case.key, answer)
    return case


def _short(one: ExamView) -> str:
    parts = [_SIDES[one.side]] if one.side else []
    parts += [one.view.name] if one.view else []
    return " ".join(parts) or one.case.title
