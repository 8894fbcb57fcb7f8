"""What is worth keeping between two runs of a page, bounded."""

import threading

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.domain.images import Mammogram
from core.domain.prediction import Heatmap
from core.services import samples
from core.services.samples import SampleCase
from ui.components.image_viewer import Picture, encode

_opening = threading.Lock()


def sample_case(sample_id: str) -> SampleCase:
    """Drawn once, also when a page asks while the same sample is being made ready behind it."""
    with _opening:
        return samples.open_sample(sample_id)


@st.cache_data(max_entries=4, show_spinner=False, scope="session")
def picture(
    case_key: str,
    label: str,
    heat_key: str,
    _mammogram: Mammogram,
    _heatmap: Heatmap | None,
    _masks: tuple[NDArray[np.bool_], ...],
) -> Picture:
    """The two keys stand for the arrays, which are too large to be compared.

    Kept with the session, because an uploaded image belongs to who uploaded it.
    """
    heat = None if _heatmap is None or _heatmap.empty else _heatmap.values
    return encode(_mammogram.pixels, label, heat, _masks)
