"""One file of a worklist: what a model said of it, or why it said nothing."""

import base64
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from core.domain.images import Pixels
from core.domain.prediction import Prediction
from core.errors import MammolensError
from core.services.gathering import Item
from core.services.low_confidence import why_doubtful

THUMBNAIL = 96


@dataclass(frozen=True)
class Row:
    """One file's answer, or why there is none. `suspicion` is what the decision line is held to."""

    name: str
    item: Item
    label: str | None = None
    title: str = ""
    suspicion: float | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    status: str = ""
    notes: str = ""
    flagged: bool = False  # of low confidence, without anybody asking
    thumbnail: str = ""
    together: tuple[Item, ...] = ()  # the views of the exam that it was read with, itself included

    @property
    def answered(self) -> bool:
        return self.label is not None

    def to_document(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "file": self.name,
            "label": self.label,
            "suspicion": self.suspicion,
            "probabilities": self.probabilities,
            "status": self.status,
            "flagged": self.flagged,
            "notes": self.notes,
        }


def unreadable(item: Item, fault: MammolensError) -> Row:
    return Row(item.name, item, status="unreadable", notes=str(fault))


def answered(item: Item, prediction: Prediction) -> Row:
    """Without a thumbnail."""
    card, label = prediction.card, prediction.label
    titles = {one.name: one.title for one in card.classes}
    shares = prediction.probabilities
    flags = why_doubtful(prediction)
    return Row(
        name=item.name,
        item=item,
        label=label,
        title=titles[label] if label else "",
        suspicion=sum(shares[n] for n in card.operating_point.positive) if shares else None,
        probabilities=shares,
        status=prediction.fitness.status.value,
        notes=" ".join((*flags, *prediction.fitness.reasons)),
        flagged=bool(flags),
    )


def thumbnail(pixels: Pixels) -> str:
    factor = THUMBNAIL / max(pixels.shape)
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    grey = (np.clip(small, 0, 1) * 255).astype(np.uint8)
    data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()
