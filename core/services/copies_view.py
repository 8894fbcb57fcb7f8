"""The copies that a leakage check has found, as pairs of images that a person can compare."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.datasets.leakage.check import find_copies as _pairs_found
from core.datasets.leakage.check import leakage, searched
from core.datasets.prepared import PreparedDataset

__all__ = ["CopiesView", "searched", "view"]


@dataclass(frozen=True)
class CopiesView:
    """`pairs` has a row for each two images: places in the dataset, and the part each is in.

    `torn` lists what lies on several sides of the split, groups of copies and patients.
    """

    pairs: pd.DataFrame
    groups: int
    torn: list[dict[str, Any]]

    def torn_of(self, kind: str) -> int:
        return sum(one["kind"] == kind for one in self.torn)


def view(dataset: PreparedDataset, split: str | None) -> CopiesView:
    """Quick once the search has been done, and not to be called before."""
    document = leakage(dataset, split)
    return CopiesView(_pairs(dataset, split), document["groups"], document["across"])


def _pairs(dataset: PreparedDataset, split: str | None) -> pd.DataFrame:
    """Pairs across sides first, then the surest."""
    found = _pairs_found(dataset)
    index = dataset.index
    place = pd.Series(range(len(index)), index=index["image_id"])
    table = pd.DataFrame(
        {
            "one": place.reindex(found["one"]).to_numpy(),
            "other": place.reindex(found["other"]).to_numpy(),
            "mirrored": found["mirrored"].to_numpy(),
            "agreement": found["agreement"].to_numpy(),
        }
    )
    parts = dataset.split(split).to_numpy() if split else pd.Series([None] * len(index)).to_numpy()
    patients = index["patient_id"].to_numpy()
    table["one_part"], table["other_part"] = parts[table["one"]], parts[table["other"]]
    table["across"] = (table["one_part"] != table["other_part"]) & table["one_part"].notna()
    table["same_patient"] = patients[table["one"]] == patients[table["other"]]
    return table.sort_values(["across", "agreement"], ascending=False, ignore_index=True)
