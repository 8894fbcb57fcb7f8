"""Everything a session remembers, under one roof.

Widgets keep their own values under their keys (`persist_state="session"`); what a page
works out is kept here, so that a change of page loses nothing.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.domain.cases import Case
from core.domain.images import Mammogram
from core.domain.prediction import Heatmap, Prediction
from core.services.tasks import Task

_PREFIX = "mammolens."
_UPLOAD, _RESULT = _PREFIX + "upload", _PREFIX + "result"
_DRAWING = _PREFIX + "drawing"


@dataclass(frozen=True)
class OpenCase:
    """The image on the screen; `truth` and `case` are known for samples only."""

    key: str  # tells two images apart: sample:<id> or upload:<digest>
    title: str
    mammogram: Mammogram
    truth: tuple[NDArray[np.bool_], ...] = ()
    case: Case | None = None
    data: bytes = b""


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
