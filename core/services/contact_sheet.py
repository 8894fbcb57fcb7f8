"""Many images on one picture, their findings drawn, to look a set over without a page."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.datasets.prepared import PreparedDataset
from core.services import gallery

SIDE, GAP, LINE = 256, 6, 18
INK, PAPER = (235, 235, 235), 24
OUTLINE = (0, 159, 230)  # blue, green, red, as OpenCV writes them


def sheet(dataset: PreparedDataset, rows: Sequence[int], columns: int = 8) -> NDArray[np.uint8]:
    """Blue, green, red; as many rows of pictures as it takes."""
    side = min(SIDE, max(dataset.images.shape[1:]))
    across, down = side + GAP, side + LINE + GAP
    lines = -(-len(rows) // columns)
    size = (lines * down + GAP, columns * across + GAP, 3)
    canvas: NDArray[np.uint8] = np.full(size, PAPER, dtype=np.uint8)
    for place, row in enumerate(rows):
        top = GAP + place // columns * down
        left = GAP + place % columns * across
        _paste(canvas, _picture(dataset, int(row)), top, left)
        _write(canvas, dataset, int(row), top + side + LINE - 5, left)
    return canvas


def _picture(dataset: PreparedDataset, row: int) -> NDArray[np.uint8]:
    grey = gallery.thumbnail(dataset, row, SIDE)
    picture: NDArray[np.uint8] = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    scale = grey.shape[1] / dataset.images.shape[2]
    for ring in gallery.outlines(dataset.index.iloc[row]):
        points = np.rint((np.array(ring) + 0.5) * scale * 16 - 8).astype(np.int32)
        cv2.polylines(picture, [points], True, OUTLINE, 1, cv2.LINE_AA, shift=4)
    return picture


def _paste(canvas: NDArray[np.uint8], picture: NDArray[np.uint8], top: int, left: int) -> None:
    height, width = picture.shape[:2]
    canvas[top : top + height, left : left + width] = picture


def _write(
    canvas: NDArray[np.uint8], dataset: PreparedDataset, row: int, bottom: int, left: int
) -> None:
    about = dataset.index.iloc[row]
    text = f"{about['image_id']} {about['class']}"[:40]
    cv2.putText(canvas, text, (left, bottom), cv2.FONT_HERSHEY_SIMPLEX, 0.36, INK, 1, cv2.LINE_AA)
