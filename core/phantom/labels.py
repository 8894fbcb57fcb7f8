"""What stands in the background of a mammogram: side and view markers, and skin markers."""

import cv2
import numpy as np

from core.domain.cases import Side, View
from core.phantom.looks import Look
from core.phantom.noise import Field
from core.phantom.outline import Outline

FONT = cv2.FONT_HERSHEY_SIMPLEX


def add_label(
    image: Field, rng: np.random.Generator, outline: Outline, side: Side, view: View, look: Look
) -> None:
    """Writes the marker into the finished picture, clear of the breast."""
    text = rng.choice([f"{side}{view}", f"{side} {view}", f"{side}-{view}"])
    letter_mm = rng.uniform(2.4, 3.8)
    scale = letter_mm / outline.spacing / 22
    stroke = max(1, round(scale * 2.2))
    (width, height), _ = cv2.getTextSize(text, FONT, scale, stroke)
    spot = _free_spot(rng, outline, side, width, height)
    if spot is None:
        return
    level = float(rng.uniform(0.75, 1.0))
    ink = np.zeros(image.shape, np.uint8)
    cv2.putText(ink, text, spot, FONT, scale, 255, stroke, cv2.LINE_AA)
    if look.label in ("box", "lead"):
        _frame(ink, spot, width, height, look.label, stroke)
    np.maximum(image, ink * np.float32(level / 255), out=image)


def _frame(
    ink: np.ndarray, spot: tuple[int, int], width: int, height: int, kind: str, stroke: int
) -> None:
    pad = max(2, height // 2)
    left, right = spot[0] - pad, spot[0] + width + pad
    top, bottom = spot[1] - height - pad, spot[1] + pad
    if kind == "lead":
        cv2.rectangle(ink, (left, top), (right, bottom), 150, stroke)
        return
    for x, inwards in ((left, pad), (right, -pad)):
        cv2.line(ink, (x, top), (x, bottom), 255, stroke)
        for y in (top, bottom):
            cv2.line(ink, (x, y), (x + inwards, y), 255, stroke)


def _free_spot(
    rng: np.random.Generator, outline: Outline, side: Side, width: int, height: int
) -> tuple[int, int] | None:
    """Baseline start of a text in the upper background, far from the chest wall."""
    rows, columns = outline.breast.shape
    pad = height + 2
    for _ in range(12):
        y = int(rng.uniform(0.03, 0.3) * rows) + height
        x = int(rng.uniform(0.45, 0.97) * columns - width)
        x = columns - x - width if side is Side.RIGHT else x
        breast = outline.breast[:, ::-1] if side is Side.RIGHT else outline.breast
        if x < pad or x + width + pad >= columns:
            continue
        if not breast[max(y - height - pad, 0) : y + pad, x - pad : x + width + pad].any():
            return x, y
    return None


def add_skin_marker(image: Field, rng: np.random.Generator, outline: Outline) -> None:
    """A ring around a mole or a pellet at the nipple, as technologists place them."""
    chance = rng.random()
    if chance < 0.04:
        rows, columns = np.nonzero(outline.skin_distance > 6)
        place = int(rng.integers(rows.size))
        radius = round(rng.uniform(3.5, 5) / outline.spacing)
        _ring(image, (int(columns[place]), int(rows[place])), radius, outline.spacing)
    elif chance < 0.10:
        x, y = (outline.nipple[0] + 1.0) / outline.spacing, outline.nipple[1] / outline.spacing
        _blob(image, x, y, 1.2 / outline.spacing)


def _ring(image: Field, centre: tuple[int, int], radius: int, spacing: float) -> None:
    ink = np.zeros(image.shape, np.uint8)
    cv2.circle(ink, centre, radius, 255, max(1, round(0.5 / spacing)), cv2.LINE_AA)
    image += ink * np.float32(0.35 / 255)


def _blob(image: Field, x: float, y: float, radius: float) -> None:
    half = int(np.ceil(radius * 3))
    top, left = max(int(y) - half, 0), max(int(x) - half, 0)
    part = image[top : int(y) + half, left : int(x) + half]
    rows, columns = np.indices(part.shape)
    away = np.hypot(columns + left - x, rows + top - y)
    np.maximum(part, 0.95 * np.clip(radius - away + 0.5, 0, 1), out=part)
