"""Sample cases: phantoms of patients that no shipped model was trained on.

They are written as DICOM and read back as an upload would be, so that a sample
shows exactly what a file of one's own would go through.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Case, Pathology, Side, View
from core.domain.images import Mammogram
from core.errors import NotFound
from core.phantom import PhantomConfig, dicom_bytes, image
from core.preprocessing.decoding import decode

# Models are trained on seeds below this one; what it makes was seen by none of them.
HELD_OUT_SEED = 900_001


@dataclass(frozen=True)
class Sample:
    """`id` is also the stable part of a link to it."""

    id: str
    title: str
    hint: str
    pathology: Pathology
    patient: int
    side: Side
    view: View


@dataclass(frozen=True)
class SampleCase:
    data: bytes
    mammogram: Mammogram
    truth: tuple[NDArray[np.bool_], ...]
    case: Case


_SAMPLES = (
    Sample(
        "normal",
        "A normal breast",
        "No finding was drawn into this image.",
        Pathology.NORMAL,
        0,
        Side.LEFT,
        View.MLO,
    ),
)


def samples() -> tuple[Sample, ...]:
    return _SAMPLES


@lru_cache(maxsize=8)
def open_sample(sample_id: str) -> SampleCase:
    sample = next((s for s in _SAMPLES if s.id == sample_id), None)
    if sample is None:
        known = ", ".join(s.id for s in _SAMPLES)
        raise NotFound(f"There is no sample case {sample_id!r}. Known: {known}.")
    phantom = image(PhantomConfig(seed=HELD_OUT_SEED), sample.patient, sample.side, sample.view)
    data = dicom_bytes(phantom)
    return SampleCase(data, decode(data), phantom.masks, phantom.case)
