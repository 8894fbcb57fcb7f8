"""An evaluation as a file to take along, with the cases it got most wrong."""

import base64
from collections.abc import Sequence

import cv2
import numpy as np

from core.datasets.findings import from_json, lesion_mask
from core.domain.evaluation import Difference, Evaluation
from core.evaluation.report.page import Entry, Picture, page
from core.services.answers import scaled
from core.services.judgement import Judgement

WORST = 12
SIDE = 336  # twice what is shown, for sharp screens
OUTLINE = (0, 159, 230)  # orange of the class palette, blue first as OpenCV has it


def report(
    done: Sequence[Evaluation], differences: Sequence[Difference], found: Sequence[Judgement]
) -> str:
    entries = [
        Entry(item, judged.subject.card, worst_errors(judged))
        for item, judged in zip(done, found, strict=True)
    ]
    return page(entries, differences)


def worst_errors(found: Judgement, most: int = WORST) -> tuple[Picture, ...]:
    table = found.cases()
    wrong = table[~table["correct"]].head(most)
    columns = [wrong[name] for name in ("row", "image_id", "class", "answer", "confidence")]
    return tuple(
        Picture(_picture(found, int(row)), f"{name}: {truth} called {answer}, {sure:.1%} sure")
        for row, name, truth, answer, sure in zip(*columns, strict=True)
    )


def _picture(found: Judgement, row: int) -> str:
    """The image as the model saw it, its findings outlined, as a data URI."""
    image = scaled(found.dataset, np.array([row]))[0]
    grey = cv2.cvtColor((image * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    scale = SIDE / max(image.shape)
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    about = found.dataset.index.iloc[row]
    if isinstance(about["findings"], str) and about["findings"]:
        mask = lesion_mask(from_json(about["findings"]), image.shape, about["to_source"])
        size = (grey.shape[1], grey.shape[0])
        large = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        edges, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(grey, edges, -1, OUTLINE, 2)
    packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
    return f"data:image/jpeg;base64,{base64.b64encode(packed).decode()}"
