"""What is said of heatmaps: scores against lesions, and tests of the maps themselves."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.domain.card import Interval
from core.domain.curves import Floats, Points


@dataclass(frozen=True)
class LesionScores:
    """One map against one lesion. `hit` is a share where the hottest spot is a plateau."""

    hit: float
    energy: float
    iou: float
    average_precision: float
    distance: float  # from the hottest spot to the nearest part of the lesion, in pixels
    distance_share: float  # the same, of the breast's longer side


@dataclass(frozen=True)
class HeatmapRow:
    """The mean over images of one method, or of a baseline that never saw the model."""

    method: str
    title: str
    baseline: bool
    among: str  # all, correct or wrong
    images: int
    figures: dict[str, Interval]


@dataclass(frozen=True)
class Faithfulness(Points):
    """Mean score while the hottest pixels are taken away, and while only they are shown."""

    share: Floats
    deletion: Floats
    insertion: Floats
    random_deletion: Floats
    random_insertion: Floats

    @property
    def deletion_area(self) -> float:
        """Low is good: what the map shows is what the score rests on."""
        return float(np.trapezoid(self.deletion, self.share))

    @property
    def insertion_area(self) -> float:
        """High is good."""
        return float(np.trapezoid(self.insertion, self.share))


@dataclass(frozen=True)
class HeatmapReport:
    """`cases` has one row an image and method, for a table and for looking at each."""

    rows: tuple[HeatmapRow, ...]
    cases: tuple[dict[str, Any], ...]
    faithfulness: dict[str, Faithfulness] = field(default_factory=dict)
    sanity: dict[str, Interval] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
