"""Everything a session remembers, under one roof.

Widgets keep their own values under their keys (`persist_state="session"`); what a page
works out is kept here, so that a change of page loses nothing.
"""

import secrets
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.domain.cases import Case, Side, View
from core.domain.images import Mammogram
from core.domain.prediction import Heatmap, Prediction
from core.services import shelf
from core.services.tasks import Task

if TYPE_CHECKING:
    from core.services.exam_result import ExamAnswer
    from core.services.sureness import Sureness
    from core.services.trays import Tray
    from core.services.worklist import Worklist

_PREFIX = "mammolens."
_UPLOAD, _RESULT = _PREFIX + "upload", _PREFIX + "result"
_DRAWING, _STEADINESS = _PREFIX + "drawing", _PREFIX + "steadiness"
_COMPARED = _PREFIX + "compared"
_VISITOR, _OPINIONS = _PREFIX + "visitor", _PREFIX + "opinions"
_GUIDED = _PREFIX + "guided"
_EXAM, _WHOLE_EXAM = _PREFIX + "exam", _PREFIX + "whole_exam"
_WORKLIST, _OPENED = _PREFIX + "worklist", _PREFIX + "opened"
_TRAY = _PREFIX + "tray"
MOST_COMPARED = 6
Steadiness = tuple[tuple[object, ...], "Sureness | None"]
Mark = tuple[object, ...]


@dataclass(frozen=True)
class OpenCase:
    """The image on the screen; `truth` and `case` are known for samples only."""

    key: str  # tells two images apart: sample:<id> or upload:<digest>
    title: str
    mammogram: Mammogram
    truth: tuple[NDArray[np.bool_], ...] = ()
    case: Case | None = None
    data: bytes = b""
    asked_by: str = "Analyse"  # the button that asks the model about it
    together: "tuple[ExamView, ...]" = ()  # the views of its exam, itself included


@dataclass(frozen=True)
class ExamView:
    """`patient` and `exam` are what the header says, to tell whose it is and when; not shown."""

    case: OpenCase
    side: Side | None
    view: View | None
    patient: str = ""
    exam: str | None = None


@dataclass(frozen=True)
class Exam:
    """Views as they were recognised, and what models answered, by image and model."""

    views: tuple[ExamView, ...] = ()
    source: tuple[str, ...] = ()  # the uploaded files, to tell a new choice
    answers: dict[tuple[str, str], Prediction] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A prediction and what it was asked for."""

    case_key: str
    prediction: Prediction


@dataclass(frozen=True)
class Drawing:
    """A heatmap that is being made behind the page."""

    case_key: str
    model: str
    task: Task[Heatmap]


def drawing() -> Drawing | None:
    kept: Drawing | None = st.session_state.get(_DRAWING)
    return kept


def keep_drawing(begun: Drawing | None) -> None:
    """The one before it, if any, is no longer wanted."""
    if before := drawing():
        before.task.stop()
    st.session_state[_DRAWING] = begun


def upload() -> OpenCase | None:
    """The image this session uploaded last, kept when the page is left."""
    kept: OpenCase | None = st.session_state.get(_UPLOAD)
    return kept


def keep_upload(case: OpenCase | None) -> None:
    st.session_state[_UPLOAD] = case


def result(case_key: str, model: str) -> Prediction | None:
    """The answer on the screen, if it belongs to this image and model."""
    kept: Result | None = st.session_state.get(_RESULT)
    matches = kept and kept.case_key == case_key and kept.prediction.model == model
    return kept.prediction if kept and matches else None


def keep_result(case_key: str, prediction: Prediction) -> None:
    st.session_state[_RESULT] = Result(case_key, prediction)


def compared(case_key: str, model: str) -> Prediction | None:
    """What another model said about the image on the screen."""
    kept: dict[tuple[str, str], Prediction] = st.session_state.get(_COMPARED, {})
    return kept.get((case_key, model))


def keep_compared(case_key: str, prediction: Prediction) -> None:
    kept = dict(st.session_state.get(_COMPARED, {}))
    kept[case_key, prediction.model] = prediction
    st.session_state[_COMPARED] = dict(list(kept.items())[-MOST_COMPARED:])


def steadiness() -> Steadiness | None:
    """The last one worked out, with what it belongs to."""
    kept: Steadiness | None = st.session_state.get(_STEADINESS)
    return kept


def keep_steadiness(found: Steadiness) -> None:
    st.session_state[_STEADINESS] = found


def worklist() -> "Worklist | None":
    kept: Worklist | None = st.session_state.get(_WORKLIST)
    return kept


def keep_worklist(begun: "Worklist | None", *, opened: OpenCase | None = None) -> None:
    """The one before it ends; its opened image is closed, unless the new list has it too."""
    if before := worklist():
        before.task.stop()
    st.session_state[_WORKLIST] = begun
    keep_opened_row(opened)


def opened_row() -> OpenCase | None:
    """The image opened from the worklist."""
    kept: OpenCase | None = st.session_state.get(_OPENED)
    return kept


def keep_opened_row(case: OpenCase | None) -> None:
    st.session_state[_OPENED] = case


class _Held:
    """Goes with the session that it lies in, and takes the tray with it."""

    def __init__(self, held: "Tray") -> None:
        self.tray = held
        weakref.finalize(self, shelf.close, held.key)


def tray() -> "Tray":
    """Where the files of this session wait on disk; a new one where it was removed."""
    held: _Held | None = st.session_state.get(_TRAY)
    if held is None or held.tray.closed:
        held = st.session_state[_TRAY] = _Held(shelf.open_tray(of_page=True))
    return held.tray


def empty_tray() -> None:
    """Its files are removed from the disk."""
    if held := st.session_state.pop(_TRAY, None):
        shelf.close(held.tray.key)


def visitor() -> str:
    """A number drawn for this session, which says nothing of who it is."""
    return str(st.session_state.setdefault(_VISITOR, secrets.token_hex(8)))


def opinion_given(about: tuple[object, ...]) -> bool:
    return about in st.session_state.get(_OPINIONS, ())


def keep_opinion_given(about: tuple[object, ...]) -> None:
    st.session_state[_OPINIONS] = (*st.session_state.get(_OPINIONS, ()), about)


def guided_begun() -> bool:
    return _GUIDED in st.session_state


def guided_step() -> int:
    """How many screens of a user test lie behind."""
    return int(st.session_state.get(_GUIDED, 0))


def begin_guided() -> None:
    """Afresh, as another visitor."""
    st.session_state[_GUIDED] = 0
    for name in (_VISITOR, _OPINIONS, _RESULT):
        st.session_state.pop(name, None)


def next_guided(by: int) -> None:
    st.session_state[_GUIDED] = max(0, guided_step() + by)


def exam() -> Exam:
    kept: Exam | None = st.session_state.get(_EXAM)
    return kept or Exam()


def keep_exam(read: Exam) -> None:
    st.session_state[_EXAM] = read


def exam_answer() -> "tuple[Mark, ExamAnswer] | None":
    """What a model of whole exams said last, and of what: model, views, what is known."""
    kept: tuple[Mark, ExamAnswer] | None = st.session_state.get(_WHOLE_EXAM)
    return kept


def keep_exam_answer(of: Mark, answer: "ExamAnswer") -> None:
    st.session_state[_WHOLE_EXAM] = (of, answer)
