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


def _sample(number: int, pathology: Pathology, patient: int, side: Side, view: View) -> Sample:
    """Titles say how the image was taken and not what is in it, so that one may guess first."""
    letter = "ABCDEFGH"[number]
    breast = "left" if side is Side.LEFT else "right"
    seen_from = "from above" if view is View.CC else "from the side"
    return Sample(
        f"case-{letter.lower()}",
        f"Case {letter}: {breast} breast, {seen_from}",
        pathology,
        patient,
        side,
        view,
    )


_L, _R, _CC, _MLO = Side.LEFT, Side.RIGHT, View.CC, View.MLO
_SAMPLES = tuple(
    _sample(number, *what)
    for number, what in enumerate(
        (
            # A star-shaped mass.
            (Pathology.MALIGNANT, 8, _R, _CC),
            (Pathology.NORMAL, 11, _L, _MLO),
            # A smooth oval one.
            (Pathology.BENIGN, 38, _L, _CC),
            # Fine calcium grains in a cluster.
            (Pathology.MALIGNANT, 17, _L, _MLO),
            # Calcium along a vessel.
            (Pathology.BENIGN_WITHOUT_CALLBACK, 3, _R, _MLO),
            # A mass with fat in it.
            (Pathology.BENIGN_WITHOUT_CALLBACK, 18, _L, _CC),
            # A faint one, hard to see.
            (Pathology.MALIGNANT, 25, _R, _MLO),
            (Pathology.NORMAL, 19, _R, _CC),
        )
    )
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
