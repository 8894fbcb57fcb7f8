"""An evaluation as a file to take along, with the cases it got most wrong."""

import base64
from collections.abc import Sequence

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.datasets.findings import from_json, lesion_mask
from core.domain.evaluation import Difference, Evaluation
from core.errors import MammolensError
from core.evaluation.report.page import Entry, Note, Picture, page
from core.services import case_notes, explaining, overlay
from core.services.answers import scaled
from core.services.explaining import Maps
from core.services.judgement import Judgement

Floats = NDArray[np.float32]
WORST = 12
SIDE = 336  # twice what is shown, for sharp screens
OUTLINE = (0, 159, 230)  # orange of the class palette, blue first as OpenCV has it


def report(
    done: Sequence[Evaluation], differences: Sequence[Difference], found: Sequence[Judgement]
) -> str:
    """One HTML file that needs nothing else."""
    return page(entries(done, found), differences)


def pdf(
    done: Sequence[Evaluation], differences: Sequence[Difference], found: Sequence[Judgement]
) -> bytes:
    """The same on paper, made without a browser."""
    from core.evaluation.report.pdf.document import document

    return document(entries(done, found), differences)


def entries(done: Sequence[Evaluation], found: Sequence[Judgement]) -> list[Entry]:
    return [
        Entry(item, judged.subject.card, worst_errors(judged), _notes(judged))
        for item, judged in zip(done, found, strict=True)
    ]


def _notes(found: Judgement) -> tuple[Note, ...]:
    """What was written beside the cases that were judged."""
    here = set(found.index["image_id"])
    kept = case_notes.notes(found.dataset.info.name).values()
    return tuple(Note(one.image_id, one.flag, one.note) for one in kept if one.image_id in here)


def worst_errors(found: Judgement, most: int = WORST) -> tuple[Picture, ...]:
    table = found.cases()
    wrong = table[~table["correct"]].head(most)
    heat = _heat(found, wrong)
    columns = [wrong[name] for name in ("row", "image_id", "class", "answer", "confidence")]
    return tuple(
        Picture(
            _picture(found, int(row), None if heat is None else heat[place]),
            f"{name}: {truth} called {answer}, {sure:.1%} sure",
        )
        for place, (row, name, truth, answer, sure) in enumerate(zip(*columns, strict=True))
    )


def _heat(found: Judgement, wrong: pd.DataFrame) -> Maps | None:
    """What spoke for the answers given; a model without maps has pictures without colour."""
    if wrong.empty:
        return None
    order = found.subject.class_names
    targets = [order.index(name) for name in wrong["answer"]]
    try:
        return explaining.maps(found, list(wrong["row"]), targets)[0]
    except MammolensError:
        return None


def _picture(found: Judgement, row: int, heat: Floats | None) -> str:
    """The image as the model saw it, its findings outlined, as a data URI."""
    image = scaled(found.dataset, np.array([row]))[0]
    scale = SIDE / max(image.shape)
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    large = np.clip(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), 0, 1)
    shown = overlay.grey(large)
    if heat is not None:
        spread = np.clip(cv2.resize(heat, size, interpolation=cv2.INTER_LINEAR), 0, 1)
        shown = overlay.overlay(large, spread, opacity=0.5)
    drawn = np.ascontiguousarray(shown[..., ::-1])
    about = found.dataset.index.iloc[row]
    if isinstance(about["findings"], str) and about["findings"]:
        mask = lesion_mask(from_json(about["findings"]), image.shape, about["to_source"])
        wide = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        edges, _ = cv2.findContours(wide, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(drawn, edges, -1, OUTLINE, 2)
    packed = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
    return f"data:image/jpeg;base64,{base64.b64encode(packed).decode()}"
