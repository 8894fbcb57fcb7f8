"""One map against one lesion, in five numbers.

Pointing game: Zhang et al. 2016. Energy inside: Wang et al. 2020 ("Score-CAM"). The other
three need no threshold to be chosen: it is the best one, or all of them.
"""

import cv2
import numpy as np

from core.domain.heatmaps import LesionScores
from core.errors import InputError
from core.evaluation.sample import Bools, Floats, Ints


def score_map(heat: Floats, lesion: Bools, breast: Bools | None = None) -> LesionScores:
    """`heat` and `lesion` are of one size; what is below zero speaks against and counts as none.

    Several findings count as one region. A map that is zero everywhere points nowhere: it
    hits nothing, and its distance is not a number.
    """
    heat = _checked(heat, lesion)
    hottest = heat == heat.max()
    if heat.max() <= 0:
        share = float(lesion.mean())
        return LesionScores(0.0, 0.0, 0.0, share, float("nan"), float("nan"))
    away = cv2.distanceTransform((~lesion).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    distance = float(away[hottest].mean())
    iou, precision = _over_thresholds(heat.ravel(), lesion.ravel())
    return LesionScores(
        float(lesion[hottest].mean()),
        float(heat[lesion].sum() / heat.sum()),
        iou,
        precision,
        distance,
        distance / _longer_side(breast if breast is not None else np.ones_like(lesion)),
    )


def _checked(heat: Floats, lesion: Bools) -> Floats:
    if heat.shape != lesion.shape or heat.ndim != 2:
        raise InputError(
            f"A heatmap is compared with a lesion of its own size; received {heat.shape} and "
            f"{lesion.shape}."
        )
    if not np.isfinite(heat).all():
        raise InputError("The heatmap holds values that are not numbers; it cannot be scored.")
    if not lesion.any():
        raise InputError("There is no lesion in this image, so no heatmap can be scored on it.")
    return np.clip(heat, 0, None).astype(np.float64)


def _over_thresholds(heat: Floats, lesion: Bools) -> tuple[float, float]:
    """The best intersection over union, and the average precision of pixels."""
    order = np.argsort(-heat, kind="stable")
    last = np.append(np.flatnonzero(np.diff(heat[order])), heat.size - 1)
    inside = np.cumsum(lesion[order])[last].astype(np.float64)
    shown = last + 1.0
    iou = inside / (shown + lesion.sum() - inside)
    gain = np.diff(inside, prepend=0.0) / lesion.sum()
    return float(iou.max()), float((gain * inside / shown).sum())


def _longer_side(region: Bools) -> float:
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    return float(max(_extent(rows), _extent(columns)))


def _extent(places: Ints) -> int:
    return int(places[-1] - places[0] + 1) if places.size else 1
