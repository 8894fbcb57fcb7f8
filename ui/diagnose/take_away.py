"""The result as files: picture, report and numbers, made when somebody asks for them."""

import json
import re
from collections.abc import Callable

import streamlit as st

from core.domain.prediction import Prediction
from core.services import overlay
from core.services.overlay import Rgb
from core.services.result_document import result_document
from ui.components import answer, saved_picture
from ui.components.image_viewer import Look
from ui.diagnose import steadiness
from ui.state import OpenCase


def show(key: str, case: OpenCase, prediction: Prediction, look: Look) -> None:
    stem = f"{_safe(case)}-{prediction.label or 'no-answer'}"
    with st.expander("Take away", icon=":material/download:"):
        st.caption(
            "Made from what is on the screen and sent to you; nothing is kept on the server."
        )
        with st.container(horizontal=True):
            if prediction.heatmap and not prediction.heatmap.empty:
                _button(
                    key,
                    "Picture",
                    "png",
                    "image/png",
                    stem,
                    lambda: saved_picture.png(prediction, look),
                )
            _button(
                key,
                "Report",
                "pdf",
                "application/pdf",
                stem,
                lambda: _pdf(case, prediction, look),
            )
            _button(
                key,
                "Numbers",
                "json",
                "application/json",
                stem,
                lambda: _numbers(case, prediction),
            )


def _button(
    key: str, name: str, ending: str, kind: str, stem: str, make: Callable[[], bytes | str]
) -> None:
    st.download_button(
        f"{name} ({ending.upper()})",
        data=make,
        file_name=f"{stem}.{ending}",
        mime=kind,
        icon=":material/download:",
        key=f"{key}.{ending}",
        on_click="ignore",
    )


def _numbers(case: OpenCase, prediction: Prediction) -> str:
    steady = steadiness.known(prediction, case.key)
    return json.dumps(result_document(case.title, prediction, steady), indent=2)


def _pdf(case: OpenCase, prediction: Prediction, look: Look) -> bytes:
    # The library for it takes a quarter of a second to import.
    from core.services.result_pdf import result_pdf

    cautions = [] if prediction.label is None else list(answer.doubts(prediction, case))
    steady = steadiness.known(prediction, case.key)
    return result_pdf(case.title, prediction, _overlay(prediction, look), cautions, steady)


def _overlay(prediction: Prediction, look: Look) -> Rgb | None:
    if prediction.heatmap is None or prediction.heatmap.empty:
        return None
    return overlay.overlay(
        prediction.mammogram.pixels,
        prediction.heatmap.values,
        opacity=look.opacity,
        palette=look.palette,
        threshold=look.threshold,
    )


def _safe(case: OpenCase) -> str:
    return re.sub(r"[^\w.-]+", "_", case.key.partition(":")[2])[:60] or "image"
