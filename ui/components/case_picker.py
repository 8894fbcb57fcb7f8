"""Which image, and which model to ask: one row of choices and the button."""

import hashlib

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import InputError
from core.services import catalogue, diagnose, samples
from core.services.catalogue import Bundle
from core.services.samples import Sample
from ui import resources, state
from ui.diagnose import exam, worklist
from ui.state import OpenCase

SAMPLE, OWN, EXAM, MANY = "A sample case", "My own image", "An exam", "Many images"
MOST_MEGABYTES = 100
_READABLE = "DICOM, PNG, JPEG, TIFF, PGM or BMP"


def show(key: str, bundles: list[Bundle]) -> tuple[OpenCase | None, Bundle | None, bool]:
    """The image to look at, the model to ask, and whether Analyse was pressed."""
    with st.container(key="choices", horizontal=True, vertical_alignment="bottom"):
        origin = _origin(key)
        case = _sample(key) if origin == SAMPLE else None
        model = _model(key, bundles, origin)
        button = st.empty()
    case = case or _brought(key, origin, model)
    if origin == EXAM or (origin == MANY and case is None):
        return case, model, False  # each has a button of its own
    pressed = button.button(
        "Analyse",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=case is None or model is None,
        key=f"{key}.analyse",
    )
    if origin == MANY and case and model:
        # Whoever opens a row has asked already.
        pressed = pressed or state.result(case.key, model.name) is None
    return case, model, pressed


def _brought(key: str, origin: str, model: Bundle | None) -> OpenCase | None:
    if origin == EXAM:
        return exam.show("exam", model)
    if origin == MANY:
        if model and model.card.kind == "exam":
            st.info(
                "This model reads whole exams. Images that name the same patient in their headers "
                f"are read together, others alone; choose **{EXAM}** to say what belongs together.",
                icon=":material/grid_view:",
            )
        return worklist.show("worklist", model)
    return _own(key) if origin == OWN else None


def _origin(key: str) -> str:
    return st.segmented_control(
        "Image",
        [SAMPLE, OWN, EXAM, MANY],
        default=SAMPLE,
        required=True,
        key=f"{key}.origin",
        persist_state="session",
    )


def _sample(key: str) -> OpenCase | None:
    known = {sample.id: sample for sample in samples.samples()}
    chosen = st.selectbox(
        "Sample case",
        list(known),
        format_func=lambda name: known[name].title,
        key=f"{key}.sample",
        help="Synthetic mammograms of patients that no shipped model has learned from.",
        persist_state="session",
    )
    return _opened(known[chosen]) if chosen else None


def _opened(sample: Sample) -> OpenCase:
    with st.spinner("Opening the sample case"):
        opened = resources.sample_case(sample.id)
    return OpenCase(
        f"sample:{sample.id}",
        sample.title,
        opened.mammogram,
        opened.truth,
        opened.case,
    )


def _own(key: str) -> OpenCase | None:
    file = st.file_uploader(
        f"One image: {_READABLE}, up to {MOST_MEGABYTES} MB",
        key=f"{key}.file",
        max_upload_size=MOST_MEGABYTES,
        help="The image is kept in the server's memory while this page is open, "
        "and never written to disk.",
    )
    return _decoded(file) if file else state.upload()


def _decoded(file: UploadedFile) -> OpenCase | None:
    """A file that cannot be read takes nothing away: the last image stays."""
    data = file.getvalue()
    name = f"upload:{hashlib.sha256(data).hexdigest()[:16]}"
    kept = state.upload()
    if kept and kept.key == name:
        return kept
    try:
        opened = OpenCase(name, file.name, diagnose.preview(data, file.name))
    except InputError as fault:
        still = f" The image before it, {kept.title}, is still here." if kept else ""
        st.error(f"{file.name}: {fault}{still}", icon=":material/error:")
        return kept
    state.keep_upload(opened)
    return opened


def _model(key: str, bundles: list[Bundle], origin: str) -> Bundle | None:
    """Samples are synthetic, files of people are not: each has its first choice and its memory."""
    sample = origin == SAMPLE
    known = {one.name: one for one in catalogue.in_order(bundles, synthetic=sample)}
    chosen = st.selectbox(
        "Model",
        list(known),
        format_func=lambda name: _title(known[name]),
        key=f"{key}.model.sample" if sample else f"{key}.model",
        placeholder="No model yet",
        persist_state="session",
    )
    return known.get(chosen) if chosen else None


def _title(bundle: Bundle) -> str:
    title = bundle.card.title
    return f"{title} (reads whole exams)" if bundle.card.kind == "exam" else title
