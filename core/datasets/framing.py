"""From one case to the frames stored for it: the whole image, or patches of it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets.base import Reader
from core.datasets.findings import to_json
from core.datasets.masks import with_outlines
from core.datasets.outcome import Frame
from core.datasets.patching import patches
from core.domain.cases import Case
from core.domain.dataset import PrepareRequest
from core.domain.images import ImageFacts, Mammogram
from core.domain.preprocess import PreprocessSpec
from core.domain.tasks import task
from core.preprocessing.pipeline import decode_for, prepare, to_stored


@dataclass(frozen=True)
class Product:
    frame: Frame
    row: dict[str, Any]


def products(case: Case, reader: Reader, request: PrepareRequest) -> list[Product]:
    mammogram = open_image(case, reader, request.spec)
    case = with_outlines(described(case, mammogram.facts), reader, mammogram.facts)
    if request.patches and not reader.cut_already:
        squares = patches(case, mammogram, request.spec, request.patches)
        return [
            product(part, frame.pixels, frame.to_source, mammogram.facts, request)
            for part, frame in squares
            if task(request.task).of(part) is not None
        ]
    frame = prepare(mammogram, request.spec)
    return [product(case, frame.pixels, frame.to_source, mammogram.facts, request)]


def open_image(case: Case, reader: Reader, spec: PreprocessSpec) -> Mammogram:
    pixels = reader.pixels(case)
    if isinstance(pixels, np.ndarray):
        return from_array(pixels)
    return decode_for(pixels, spec)


def from_array(pixels: NDArray[Any]) -> Mammogram:
    """An image out of an array file: whole numbers fill their type, other numbers are in [0, 1]."""
    grey = np.asarray(pixels.mean(axis=2) if pixels.ndim == 3 else pixels, dtype=np.float32)
    kind = pixels.dtype
    whole = np.issubdtype(kind, np.integer)
    scale = float(np.iinfo(kind.str).max) if whole else max(1.0, float(grey.max(initial=0)))
    facts = ImageFacts("array", grey.shape[0], grey.shape[1], 8 * kind.itemsize)
    return Mammogram(grey / np.float32(scale), facts)


def described(case: Case, facts: ImageFacts) -> Case:
    """What the table leaves open, the file's header may tell."""
    known = case.metadata
    told = replace(
        known,
        age=facts.age if known.age is None else known.age,
        implant=facts.implant if known.implant is None else known.implant,
        machine=known.machine or facts.machine,
    )
    return replace(
        case,
        laterality=case.laterality or facts.laterality,
        view=case.view or facts.view,
        metadata=told,
    )


def product(
    case: Case,
    pixels: NDArray[np.float32],
    to_source: NDArray[np.float64],
    facts: ImageFacts,
    request: PrepareRequest,
) -> Product:
    frame = to_stored(pixels, request.spec.bits)
    row = {
        **_case_columns(case),
        "class": task(request.task).of(case),
        "source_rows": facts.rows,
        "source_columns": facts.columns,
        "spacing_mm": facts.spacing_mm[0] if facts.spacing_mm else None,
        "to_source": [float(number) for number in np.ravel(to_source)],
        "mean": round(float(pixels.mean()), 6),
        "maximum": round(float(pixels.max()), 6),
    }
    return Product(frame, row)


def _case_columns(case: Case) -> dict[str, Any]:
    about = case.metadata
    return {
        "image_id": case.image_id,
        "patient_id": case.patient_id,
        "group": case.group,
        "source": case.source,
        "path": case.path,
        "part": case.part,
        "laterality": case.laterality,
        "view": case.view,
        "label": case.label,
        "pathology": case.pathology,
        "cancer": case.cancer,
        "findings": to_json(case.findings),
        "age": about.age,
        "density": about.density,
        "birads": about.birads,
        "implant": about.implant,
        "machine": about.machine,
        "site": about.site,
        "exam": about.exam,
        "extra": about.extra,
        "official_split": case.split,
    }
