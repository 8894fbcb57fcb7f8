"""Which squares of an image become patches: one around each lesion, and some of background."""

import zlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.datasets.findings import bounds
from core.domain.cases import Case, Finding, Pathology
from core.domain.dataset import PatchPlan
from core.domain.images import Mammogram
from core.domain.preprocess import PreprocessSpec
from core.preprocessing.frame import Frame
from core.preprocessing.patches import at_scale, window
from core.preprocessing.pipeline import finish

Box = tuple[float, float, float, float]
TRIES = 60
LEAST_TISSUE = 0.6  # of a background square
BRIGHT = 0.04  # where no step has found the breast


def patches(
    case: Case, mammogram: Mammogram, spec: PreprocessSpec, plan: PatchPlan
) -> list[tuple[Case, Frame]]:
    """Each with a case of its own; empty when the set does not say where the lesions are."""
    whole = at_scale(mammogram, spec)
    located = [finding for finding in case.findings if bounds(finding.shape)]
    squares = [(_of_lesion(case, f), _around(whole, f, spec, plan)) for f in located]
    if _all_located(case, located):
        count = round(plan.background * max(1, len(located)))
        empty = _background(whole, case, located, plan.size, count)
        squares += [(_of_background(case), finish(frame, spec)) for frame in empty]
    return [
        (replace(part, image_id=f"{case.image_id}#{number}"), frame)
        for number, (part, frame) in enumerate(squares)
    ]


def _all_located(case: Case, located: list[Finding]) -> bool:
    """Background is only background where every lesion is known."""
    if len(located) < len(case.findings):
        return False
    return bool(located) or case.pathology is Pathology.NORMAL or case.cancer is False


def _of_lesion(case: Case, finding: Finding) -> Case:
    pathology = finding.pathology or case.pathology
    return replace(
        case,
        findings=(finding,),
        pathology=pathology,
        cancer=case.cancer if pathology is None else pathology is Pathology.MALIGNANT,
    )


def _of_background(case: Case) -> Case:
    return replace(case, findings=(), pathology=Pathology.NORMAL, cancer=False, label="background")


def _around(whole: Frame, finding: Finding, spec: PreprocessSpec, plan: PatchPlan) -> Frame:
    left, top, right, bottom = _box(whole, finding)
    side = round(max(right - left, bottom - top) * (1 + 2 * plan.margin))
    middle = whole.to_source @ ((left + right) / 2, (top + bottom) / 2, 1.0)
    side = max(side, plan.size)
    cut = window(whole, (float(middle[0]), float(middle[1])), (side, side))
    return finish(replace(cut, target=(spec.height, spec.width)), spec)


def _box(whole: Frame, finding: Finding) -> Box:
    """Of a lesion, in the pixels that patches are cut from."""
    found = bounds(finding.shape) or (0.0, 0.0, 0.0, 0.0)
    corners = np.array([[*found[:2], 1.0], [*found[2:], 1.0]]) @ np.linalg.inv(whole.to_source).T
    (left, top), (right, bottom) = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _background(
    whole: Frame, case: Case, located: list[Finding], size: int, count: int
) -> Iterator[Frame]:
    """At random, yet the same for the same image; fewer where there is no room."""
    rng = np.random.default_rng(zlib.crc32(case.image_id.encode()))
    taken = [_box(whole, finding) for finding in located]
    shown = whole.mask if whole.mask is not None else whole.pixels > BRIGHT
    rows, columns = np.nonzero(shown)
    for _ in range(count * TRIES if rows.size else 0):
        if not count:
            return
        place = int(rng.integers(rows.size))
        x, y = float(columns[place]), float(rows[place])
        half = size / 2 + 1  # squares are cut at whole pixels
        box = (x - half, y - half, x + half, y + half)
        if any(_overlap(box, other) for other in taken) or _tissue(shown, box) < LEAST_TISSUE:
            continue
        taken.append(box)
        count -= 1
        source = whole.to_source @ (x, y, 1.0)
        yield window(whole, (float(source[0]), float(source[1])), (size, size))


def _overlap(one: Box, other: Box) -> bool:
    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    return not apart


def _tissue(shown: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", box: Box) -> float:
    left, top, right, bottom = (max(0, round(edge)) for edge in box)
    part = shown[top:bottom, left:right]
    area = (box[2] - box[0]) * (box[3] - box[1])
    return float(part.sum()) / area
