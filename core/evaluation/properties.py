"""What a case is besides its image: the properties by which figures are split.

They come from the table of a prepared dataset; a property that is not known is a null,
never a group of its own.
"""

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.datasets.findings import bounds, from_json
from core.domain.cases import Finding
from core.domain.figures import PROPERTY_TITLES

# Groups by these hold cases with a finding only, so cases without one are added to each.
OF_FINDINGS = ("finding_kind", "finding_size")
AGES = (40, 50, 60, 70)
MILLIMETRES = (10.0, 20.0, 50.0)
SHARES = (0.05, 0.10, 0.20)
# What sets call it: a flag for negatives that fooled readers, a grade of how plain a finding is.
DIFFICULTY = ("difficult_negative_case", "subtlety", "difficulty")


def properties(index: pd.DataFrame) -> pd.DataFrame:
    """One row a case, one column of text a property, in the order of the index."""
    table = pd.DataFrame(index=range(len(index)))
    for name in ("density", "view", "laterality", "machine", "site", "source"):
        table[name] = _text(index, name)
    table["age_band"] = _bands(pd.to_numeric(_text(index, "age"), errors="coerce"), AGES, "")
    table["implant"] = _text(index, "implant").map(
        {"True": "with implant", "False": "without implant"}
    )
    found = [from_json(text) if isinstance(text, str) else () for text in _raw(index, "findings")]
    table["finding_kind"] = pd.Series([_kind(findings) for findings in found], dtype=object)
    table["finding_size"] = _sizes(found, index)
    table["difficulty"] = _difficulty(index)
    return table[list(PROPERTY_TITLES)]


def _raw(index: pd.DataFrame, name: str) -> pd.Series:
    if name not in index:
        return pd.Series([None] * len(index), dtype=object)
    return index[name].reset_index(drop=True)


def _text(index: pd.DataFrame, name: str) -> pd.Series:
    column = _raw(index, name)
    text = column.astype(object).where(column.notna(), None)
    return text.map(lambda v: None if v is None or v == "" else str(v)).astype(object)


def _bands(values: pd.Series, limits: Sequence[float], unit: str) -> pd.Series:
    def name(value: float) -> str | None:
        if not np.isfinite(value):
            return None
        place = int(np.searchsorted(limits, value, side="right"))
        if place == 0:
            return f"under {limits[0]:g}{unit}"
        if place == len(limits):
            return f"{limits[-1]:g}{unit} and over"
        return f"{limits[place - 1]:g} to {limits[place]:g}{unit}"

    return pd.Series([name(float(v)) for v in values], dtype=object)


def _kind(findings: Sequence[Finding]) -> str | None:
    kinds = {finding.kind.value for finding in findings}
    return None if not kinds else kinds.pop() if len(kinds) == 1 else "several kinds"


def _sizes(found: Sequence[Sequence[Finding]], index: pd.DataFrame) -> pd.Series:
    """In millimetres where every finding's image has a scale, else as a share of the height."""
    pixels = np.array([_longest(findings) for findings in found], np.float64)
    spacing = pd.to_numeric(_text(index, "spacing_mm"), errors="coerce").to_numpy(np.float64)
    rows = pd.to_numeric(_text(index, "source_rows"), errors="coerce").to_numpy(np.float64)
    sized = np.isfinite(pixels)
    if sized.any() and np.isfinite(spacing[sized]).all():
        return _bands(pd.Series(pixels * spacing), MILLIMETRES, " mm")
    return _bands(pd.Series(pixels / rows * 100), [100 * s for s in SHARES], "% of the height")


def _longest(findings: Sequence[Finding]) -> float:
    """The longer side of the largest finding, in source pixels."""
    boxes = [box for finding in findings if (box := bounds(finding.shape))]
    return max((max(x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes), default=float("nan"))


def _difficulty(index: pd.DataFrame) -> pd.Series:
    extras = [_object(text) for text in _raw(index, "extra")]
    name = next((n for n in DIFFICULTY if any(n in extra for extra in extras)), None)
    words = [None if name is None or name not in e else f"{e[name]}" for e in extras]
    if name == "difficult_negative_case":
        named = {"True": "difficult negative", "1": "difficult negative"}
        return pd.Series([w and named.get(w, "other") for w in words], dtype=object)
    return pd.Series([w and f"{name} {w}" for w in words], dtype=object)


def _object(text: object) -> dict[str, object]:
    if not isinstance(text, str) or not text:
        return {}
    value = json.loads(text)
    return value if isinstance(value, dict) else {}
