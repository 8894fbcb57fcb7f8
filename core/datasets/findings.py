"""Findings as text in a table, and as pixels of a prepared image."""

import json
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.cases import (
    Circle,
    Finding,
    FindingKind,
    MaskFile,
    Outline,
    Pathology,
    Polygon,
    Shape,
)

Points = NDArray[np.float64]
CORNERS_OF_A_CIRCLE = 64
# fillPoly takes whole numbers with this many binary digits after the point.
SUBPIXEL_BITS = 4
# Filling also marks every pixel that an edge touches, which on a coarse grid is too many.
FINER = 4


def to_json(findings: Sequence[Finding]) -> str:
    return json.dumps([_as_document(finding) for finding in findings])


def from_json(text: str) -> tuple[Finding, ...]:
    return tuple(_from_document(raw) for raw in json.loads(text))


def _as_document(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "pathology": finding.pathology.value if finding.pathology else None,
        "shape": _shape_document(finding.shape),
        "note": finding.note,
    }


def _shape_document(shape: Shape | None) -> dict[str, Any] | None:
    match shape:
        case Circle(x, y, radius):
            return {"circle": [x, y, radius]}
        case Polygon(points):
            return {"polygon": points}
        case Outline(rings):
            return {"outline": rings}
        case MaskFile(path):
            return {"mask": path}
    return None


def _from_document(raw: dict[str, Any]) -> Finding:
    pathology = Pathology(raw["pathology"]) if raw["pathology"] else None
    return Finding(FindingKind(raw["kind"]), pathology, _shape(raw["shape"]), raw["note"])


def _shape(raw: dict[str, Any] | None) -> Shape | None:
    match raw:
        case {"circle": [x, y, radius]}:
            return Circle(x, y, radius)
        case {"polygon": points}:
            return Polygon(_ring(points))
        case {"outline": rings}:
            return Outline(tuple(_ring(ring) for ring in rings))
        case {"mask": path}:
            return MaskFile(path)
    return None


def _ring(points: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in points)


def rings(shape: Shape | None) -> list[Points]:
    """The shape's edges in source pixels; empty for no shape and for a mask still in its file."""
    match shape:
        case Circle(x, y, radius):
            turn = np.linspace(0, 2 * np.pi, CORNERS_OF_A_CIRCLE, endpoint=False)
            return [np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1)]
        case Polygon(points):
            return [np.array(points, dtype=np.float64)]
        case Outline(several):
            return [np.array(ring, dtype=np.float64) for ring in several]
    return []


def bounds(shape: Shape | None) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom in source pixels."""
    edges = rings(shape)
    if not edges:
        return None
    points = np.concatenate(edges)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def lesion_mask(
    findings: Sequence[Finding], shape: tuple[int, int], to_source: Sequence[float]
) -> NDArray[np.bool_]:
    """Where the findings lie in a prepared image of `shape`, `to_source` being its row's column.

    A prepared pixel counts when half of it is covered, and the nearest one does for a
    finding smaller than a pixel.
    """
    back = np.linalg.inv(np.asarray(to_source, dtype=np.float64).reshape(3, 3))
    fine = np.zeros((shape[0] * FINER, shape[1] * FINER), dtype=np.uint8)
    mask = np.zeros(shape, dtype=bool)
    for ring in (ring for finding in findings for ring in rings(finding.shape)):
        moved = np.column_stack([ring, np.ones(len(ring))]) @ back.T
        points = moved[:, :2] / moved[:, 2:]
        placed = ((points + 0.5) * FINER - 0.5) * 2**SUBPIXEL_BITS
        cv2.fillPoly(fine, [np.rint(placed).astype(np.int32)], (1,), shift=SUBPIXEL_BITS)
        column, row = np.rint((points.min(axis=0) + points.max(axis=0)) / 2).astype(int)
        if np.ptp(points, axis=0).max() < 1 and 0 <= row < shape[0] and 0 <= column < shape[1]:
            mask[row, column] = True
    covered = cv2.resize(fine * 255, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(mask | (covered >= 128))
