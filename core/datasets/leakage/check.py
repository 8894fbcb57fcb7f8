"""The leakage check of a prepared dataset: copies and patients on both sides of a split.

The search for copies is done once and kept with the dataset; asking about another split
costs nothing then.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.datasets.copies import COPIES
from core.datasets.leakage.search import Match, groups, search
from core.datasets.prepared import IMAGES, PreparedDataset
from core.datasets.progress import replace_text

RECORD, PAIRS = "leakage.json", "copy_pairs.parquet"
SEARCH_VERSION = 1
Watcher = Callable[[str, int, int], None]
Document = dict[str, Any]


@dataclass(frozen=True)
class _Frames:
    """A dataset's images with the shape of their pixels in the file they came from."""

    dataset: PreparedDataset
    aspects: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.aspects)

    def image(self, number: int) -> NDArray[Any]:
        return np.asarray(self.dataset.images[number])

    def aspect(self, number: int) -> float:
        return float(self.aspects[number])


def find_copies(
    dataset: PreparedDataset,
    *,
    threads: int = 2,
    watch: Watcher = lambda stage, done, total: None,
) -> pd.DataFrame:
    """Pairs of images that show the same tissue; from the record, if there is one."""
    if not searched(dataset):
        frames = _Frames(dataset, pixel_aspects(dataset.index))
        _keep(dataset, search(frames, threads=threads, watch=watch))
    return pd.read_parquet(dataset.path / PAIRS)


def searched(dataset: PreparedDataset) -> bool:
    """Whether the images that are there now have been searched, by a search as good as ours."""
    try:
        record = json.loads((dataset.path / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(record.get("search") == _stamp(dataset))


def _stamp(dataset: PreparedDataset) -> Document:
    return {"version": SEARCH_VERSION, "images": dataset.info.checksums.get(IMAGES)}


def pixel_aspects(index: pd.DataFrame) -> NDArray[np.float64]:
    """A pixel's height by its width: a stretched image is seen in its own proportions."""
    matrices = np.array([np.ravel(matrix) for matrix in index["to_source"]]).reshape(-1, 3, 3)
    widths = np.hypot(matrices[:, 0, 0], matrices[:, 1, 0])
    heights = np.hypot(matrices[:, 0, 1], matrices[:, 1, 1])
    return np.asarray(heights / widths, np.float64)


def _keep(dataset: PreparedDataset, matches: list[Match]) -> None:
    names = dataset.index["image_id"].to_numpy()
    table = pd.DataFrame(
        [(names[m.one], names[m.other], m.mirrored, m.shared, m.agreement) for m in matches],
        columns=["one", "other", "mirrored", "shared", "agreement"],
    )
    table.to_parquet(dataset.path / PAIRS, index=False)
    members = [
        (names[one], f"copies {n}") for n, group in enumerate(groups(matches)) for one in group
    ]
    copies = pd.DataFrame(members, columns=["image_id", "copies"])
    copies.astype(str).to_parquet(dataset.path / COPIES, index=False)
    record = {
        "search": _stamp(dataset),
        "pairs": len(table),
        "groups": int(copies["copies"].nunique()),
    }
    replace_text(dataset.path / RECORD, json.dumps(record))


def leakage(
    dataset: PreparedDataset,
    split: str | None = "default",
    *,
    threads: int = 2,
    watch: Watcher = lambda stage, done, total: None,
) -> Document:
    """`across` holds what lies on several sides of the split: groups of copies, and patients."""
    # Before the search, which takes minutes: there may be no such split.
    parts = None if split is None else dataset.split(split).to_numpy()
    find_copies(dataset, threads=threads, watch=watch)
    copies = pd.read_parquet(dataset.path / COPIES)
    index = dataset.index[["image_id", "patient_id"]]
    table = index.merge(copies, on="image_id", how="left")
    across: list[Document] = []
    if parts is not None:
        table["part"] = parts
        across = [*_across(table, "copies", "copies"), *_across(table, "patient_id", "patient")]
    groups_found = [
        _members(group) for _, group in table.dropna(subset=["copies"]).groupby("copies")
    ]
    return {
        "dataset": dataset.info.name,
        "split": split,
        "images": len(index),
        "groups": len(groups_found),
        "copies": groups_found,
        "across": across,
    }


def _across(table: pd.DataFrame, column: str, kind: str) -> list[Document]:
    placed = table.dropna(subset=[column, "part"])
    sides = placed.groupby(column)["part"].transform("nunique")
    torn = placed[sides > 1]
    return [
        {"kind": kind, **_members(group), "parts": group["part"].tolist()}
        for _, group in torn.groupby(column)
    ]


def _members(group: pd.DataFrame) -> Document:
    return {
        "images": group["image_id"].tolist(),
        "patients": sorted(set(group["patient_id"])),
    }
