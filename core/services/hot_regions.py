"""The hottest regions of a heatmap as boxes, with their size in millimetres where it is known."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.domain.images import Mammogram
from core.domain.prediction import Heatmap

LEVEL = 0.5  # of the strongest place
MOST = 5
SMALLEST = 0.0002  # of the image; smaller specks are left out


@dataclass(frozen=True)
class HotRegion:
    """`left`, `top`, `width`, `height` in pixels of the image as shown; sizes of the region.

    `peak` is its strongest place, as a share of the strongest of the whole map.
    """

    left: int
    top: int
    width: int
    height: int
    peak: float
    size_mm: tuple[float, float] | None  # across, down

    @property
    def place(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


def hot_regions(heatmap: Heatmap, mammogram: Mammogram, level: float = LEVEL) -> list[HotRegion]:
    """The strongest first; none where nothing spoke for the class."""
    if heatmap.empty:
        return []
    values = heatmap.values
    hot = (values >= max(level, 1e-6)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(hot)
    millimetres = millimetres_per_pixel(mammogram)
    found = []
    for number in range(1, count):
        left, top, width, height, area = (int(v) for v in stats[number])
        if area < SMALLEST * values.size:
            continue
        part = np.s_[top : top + height, left : left + width]
        peak = float(values[part][labels[part] == number].max())
        size = millimetres and (width * millimetres[0], height * millimetres[1])
        found.append(HotRegion(left, top, width, height, peak, size))
    return sorted(found, key=lambda region: -region.peak)[:MOST]


def millimetres_per_pixel(mammogram: Mammogram) -> tuple[float, float] | None:
    """Across and down, of the image as shown, which may be smaller than the one stored."""
    spacing = mammogram.facts.spacing_mm
    if spacing is None:
        return None
    across, down = np.hypot(*mammogram.to_source[:2, :2])
    return float(spacing[1] * across), float(spacing[0] * down)
