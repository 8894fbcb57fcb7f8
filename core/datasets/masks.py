"""Turns a finding's mask file into outlines, whatever the publisher did to the file.

Publishers ship masks swapped with the crop of the lesion, of another size than their
image, or empty. What a mask is shows in its content: it has two values and the
proportions of the whole image.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.datasets.base import Reader
from core.datasets.imagefiles import SUFFIXES
from core.domain.cases import Case, Finding, MaskFile, Outline
from core.domain.images import ImageFacts
from core.errors import ImageError
from core.preprocessing.decoding import decode

# Large masks are halved before tracing: edges move by a pixel of thousands.
WORKING_HEIGHT = 2048
BETWEEN_VALUES = 0.02
PROPORTION_TOLERANCE = 0.05
Mask = NDArray[np.bool_]


def with_outlines(case: Case, reader: Reader, facts: ImageFacts) -> Case:
    if not any(isinstance(finding.shape, MaskFile) for finding in case.findings):
        return case
    findings = tuple(_traced(finding, reader, facts) for finding in case.findings)
    return replace(case, findings=findings)


def _traced(finding: Finding, reader: Reader, facts: ImageFacts) -> Finding:
    if not isinstance(finding.shape, MaskFile):
        return finding
    named = reader.root / finding.shape.path
    for candidate in _candidates(named):
        mask = read_mask(candidate, facts)
        if mask is not None:
            swapped = "" if candidate == named else f"mask found in {candidate.name}"
            shape = outline(mask, facts) if mask.any() else None
            return _noted(finding, shape, swapped if shape else "the mask is empty")
    return _noted(finding, None, f"no mask in {finding.shape.path}")


def _noted(finding: Finding, shape: Outline | None, note: str) -> Finding:
    together = "; ".join(filter(None, (finding.note, note)))
    return replace(finding, shape=shape, note=together)


def _candidates(named: Path) -> list[Path]:
    """The named file first, then its neighbours in the same folder when they are few."""
    folder = named.parent
    beside = sorted(folder.iterdir()) if folder.is_dir() else []
    images = [path for path in beside if path.suffix.lower() in SUFFIXES and path != named]
    return [named] * named.is_file() + (images if len(images) <= 2 else [])


def read_mask(path: Path, facts: ImageFacts) -> Mask | None:
    """None when the picture is no mask of an image like this one."""
    try:
        pixels = decode(path, working_height=WORKING_HEIGHT, voi=False).pixels
    except ImageError:
        return None
    top = float(pixels.max())
    between = np.count_nonzero((pixels > 0.05 * top) & (pixels < 0.95 * top)) / pixels.size
    proportion = pixels.shape[1] / pixels.shape[0] / (facts.columns / facts.rows)
    if between > BETWEEN_VALUES or abs(proportion - 1) > PROPORTION_TOLERANCE:
        return None
    return pixels > 0.2 * top if top else np.zeros(pixels.shape, dtype=bool)


def outline(mask: Mask, facts: ImageFacts) -> Outline | None:
    edges, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    scale = np.array([facts.columns / mask.shape[1], facts.rows / mask.shape[0]])
    rings = [cv2.approxPolyDP(edge, 0.75, True).reshape(-1, 2) for edge in edges]
    placed = [(ring + 0.5) * scale - 0.5 for ring in rings]
    return Outline(tuple(tuple((round(x, 1), round(y, 1)) for x, y in ring) for ring in placed))
