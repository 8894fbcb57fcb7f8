"""Many maps, a few lines: each method beside the baselines, split by right and wrong answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.card import Interval
from core.domain.heatmaps import HeatmapRow, LesionScores
from core.evaluation.heatmap.baselines import BASELINES
from core.evaluation.heatmap.lesion import score_map
from core.evaluation.heatmap.sanity import mean_interval
from core.evaluation.sample import Bools, Floats

FIGURES = ("hit", "energy", "iou", "average_precision", "distance_share")
AMONG = ("all", "correct", "wrong")


@dataclass(frozen=True)
class Scored:
    """One image under one method."""

    image_id: str
    patient: str
    method: str
    title: str
    baseline: bool
    correct: bool
    scores: LesionScores
    empty: bool = False  # the map was zero everywhere

    def row(self) -> dict[str, object]:
        whole = asdict(self)
        scores: dict[str, object] = whole.pop("scores")
        return {**whole, **scores}


def score_image(
    image_id: str,
    patient: str,
    image: Floats,
    lesion: Bools,
    breast: Bools,
    maps: Mapping[str, tuple[str, Floats]],
    *,
    correct: bool,
    seed: int = 0,
) -> list[Scored]:
    """`maps` holds a title and a map of the image's size by method; baselines are added."""
    found = []
    drawn = {name: (t, make(image, breast, seed)) for name, (t, make) in BASELINES.items()}
    for name, (title, heat) in {**maps, **drawn}.items():
        scores = score_map(heat, lesion, breast)
        found.append(
            Scored(image_id, patient, name, title, name in drawn, correct, scores, heat.max() <= 0)
        )
    return found


def summarise(
    scored: Sequence[Scored], *, resamples: int = 1000, seed: int = 0
) -> tuple[HeatmapRow, ...]:
    """Methods in the order given, baselines after them; groups without images are left out."""
    order = dict.fromkeys(s.method for s in sorted(scored, key=lambda s: s.baseline))
    rows = []
    for method in order:
        own = [s for s in scored if s.method == method]
        for among in AMONG:
            group = [s for s in own if among == "all" or s.correct == (among == "correct")]
            if group:
                rows.append(_row(group, among, resamples, seed))
    return tuple(rows)


def _row(group: Sequence[Scored], among: str, resamples: int, seed: int) -> HeatmapRow:
    first = group[0]
    patients = np.array([s.patient for s in group])
    figures = {
        name: _mean((getattr(s.scores, name) for s in group), patients, resamples, seed)
        for name in FIGURES
    }
    return HeatmapRow(first.method, first.title, first.baseline, among, len(group), figures)


def _mean(
    values: Iterable[float], patients: NDArray[np.str_], resamples: int, seed: int
) -> Interval:
    return mean_interval(np.array(list(values)), patients, resamples=resamples, seed=seed)
