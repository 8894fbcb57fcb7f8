"""Finds the images that a person asks for, and turns a page of them into small pictures.

Only the rows of one page are read from the arrays, so that a page costs the same
whatever the size of the set.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.datasets import findings
from core.datasets.prepared import PreparedDataset
from core.domain.cases import Finding
from core.domain.images import Pixels
from core.errors import InputError

Rows = NDArray[np.int64]
Ring = list[list[float]]
LONGEST = 256
ORDERS = {
    "place": "As prepared",
    "image_id": "Name",
    "age": "Age",
    "mean": "Mean brightness",
    "maximum": "Highest brightness",
    "source_rows": "Height of the file",
}


@dataclass(frozen=True)
class Wish:
    """`values` gives the wanted values of a fact; none at all means any."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ages: tuple[float, float] | None = None
    with_finding: bool | None = None
    text: str = ""
    order: str = "place"
    descending: bool = False


@dataclass(frozen=True)
class Tile:
    """A picture as a data address; `rings` outline its findings in pixels of `width`×`height`."""

    row: int
    image_id: str
    class_name: str
    facts: str
    source: str
    width: int
    height: int
    rings: tuple[Ring, ...]


def find(facts: pd.DataFrame, wish: Wish) -> Rows:
    """Places in the dataset, in the order asked for; unknown values come last."""
    if wish.order not in ORDERS:
        raise InputError(
            f"Images cannot be put in order by {wish.order!r}. Allowed: {', '.join(ORDERS)}."
        )
    keep = np.ones(len(facts), dtype=bool)
    for column, wanted in wish.values.items():
        if wanted:
            keep &= facts[column].isin(list(wanted)).to_numpy()
    if wish.ages:
        keep &= facts["age"].between(*wish.ages).to_numpy()
    if wish.with_finding is not None:
        keep &= (facts["kinds"] != "none").to_numpy() == wish.with_finding
    if text := wish.text.strip():
        names = facts["image_id"].str.cat(facts["patient_id"], sep=" ")
        keep &= names.str.contains(text, case=False, regex=False).to_numpy()
    return _ordered(facts, np.flatnonzero(keep), wish)


def _ordered(facts: pd.DataFrame, rows: Rows, wish: Wish) -> Rows:
    if wish.order == "place":
        return rows[::-1] if wish.descending else rows
    values = facts[wish.order].iloc[rows].reset_index(drop=True)
    order = values.sort_values(
        ascending=not wish.descending, kind="stable", na_position="last"
    ).index
    chosen: Rows = rows[order.to_numpy()]
    return chosen


def tiles(dataset: PreparedDataset, rows: Sequence[int], longest: int = LONGEST) -> list[Tile]:
    return [_tile(dataset, int(row), longest) for row in rows]


def _tile(dataset: PreparedDataset, row: int, longest: int) -> Tile:
    picture = thumbnail(dataset, row, longest)
    about = dataset.index.iloc[row]
    height, width = dataset.images.shape[1:]
    return Tile(
        row,
        str(about["image_id"]),
        str(about["class"]),
        caption(about),
        data_address(picture),
        width,
        height,
        outlines(about),
    )


def thumbnail(dataset: PreparedDataset, row: int, longest: int) -> NDArray[np.uint8]:
    stored = np.asarray(dataset.images[row])
    grey = stored if stored.dtype == np.uint8 else (stored >> 8).astype(np.uint8)
    factor = longest / max(grey.shape)
    if factor < 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(grey, dtype=np.uint8)


def data_address(grey: NDArray[np.uint8], quality: int = 88) -> str:
    _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return "data:image/jpeg;base64," + base64.b64encode(bytes(data)).decode()


def levels(pixels: Pixels) -> NDArray[np.uint8]:
    """[0, 1] as bytes."""
    return np.asarray(np.rint(np.clip(pixels, 0, 1) * 255), dtype=np.uint8)


def caption(about: "pd.Series[Any]") -> str:
    """Side, view and age, as far as they are known."""
    age = about["age"]
    parts = [
        " ".join(str(about[name]) for name in ("laterality", "view") if pd.notna(about[name])),
        f"{age:.0f} years" if pd.notna(age) else "",
    ]
    return ", ".join(part for part in parts if part)


def found_in(about: "pd.Series[Any]") -> tuple[Finding, ...]:
    return findings.from_json(about["findings"])


def outlines(about: "pd.Series[Any]") -> tuple[Ring, ...]:
    """The findings' edges in pixels of the prepared image."""
    back = np.linalg.inv(np.asarray(about["to_source"], dtype=np.float64).reshape(3, 3))
    return tuple(moved(ring, back) for one in found_in(about) for ring in findings.rings(one.shape))


def moved(ring: findings.Points, back: NDArray[Any]) -> Ring:
    moved = np.column_stack([ring, np.ones(len(ring))]) @ back.T
    points: Ring = (moved[:, :2] / moved[:, 2:]).round(2).tolist()
    return points
