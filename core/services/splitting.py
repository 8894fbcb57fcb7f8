"""A split as a proposal: made, weighed part by part, and kept only when somebody says so."""

import json

import pandas as pd

from core.datasets.copies import known_copies
from core.datasets.naming import check_name
from core.datasets.prepared import SPLITS, PreparedDataset
from core.datasets.splits import FRACTIONS, METHODS, PARTS, make_split
from core.domain.dataset import SplitInfo

__all__ = ["FRACTIONS", "METHODS", "PARTS", "balance", "keep", "propose"]

Proposal = tuple[SplitInfo, pd.DataFrame]


def propose(
    dataset: PreparedDataset,
    method: str = "fractions",
    *,
    fractions: tuple[float, float, float] = FRACTIONS,
    folds: int | None = None,
    seed: int = 0,
    keep_copies_together: bool = True,
    name: str = "proposal",
) -> Proposal:
    """Nothing is written. Copies are those that a leakage check has found."""
    copies = known_copies(dataset) if keep_copies_together else {}
    grouped = ("patient_id", "group", "copies") if copies else ("patient_id", "group")
    asked = SplitInfo(check_name(name, "split"), method, seed, fractions, folds, grouped)
    return make_split(dataset.index, asked, copies)


def described(dataset: PreparedDataset, name: str) -> SplitInfo:
    """How a kept split came about."""
    raw = json.loads((dataset.path / SPLITS / f"{check_name(name, 'split')}.json").read_text())
    for field in ("fractions", "grouped_by", "stratified_by", "notes"):
        raw[field] = tuple(raw[field]) if raw.get(field) is not None else None
    return SplitInfo(**raw)


def keep(dataset: PreparedDataset, proposal: Proposal) -> None:
    dataset.save_split(*proposal)


def has_official(dataset: PreparedDataset) -> bool:
    return bool(dataset.index["official_split"].notna().any())


def copies_known(dataset: PreparedDataset) -> int:
    """How many images a leakage check has found to have copies; 0 before any check."""
    return len(known_copies(dataset))


def balance(facts: pd.DataFrame, parts: pd.Series) -> pd.DataFrame:
    """Images and patients of each part, and how many images of each class it has."""
    table = facts[["patient_id", "class"]].assign(part=parts.to_numpy())
    counts = pd.crosstab(table["part"], table["class"])
    counts = counts.reindex(index=list(PARTS), fill_value=0)
    counts = counts.reindex(columns=list(facts["class"].cat.categories), fill_value=0)
    counts.insert(0, "images", counts.sum(axis=1))
    patients = table.groupby("part")["patient_id"].nunique().reindex(list(PARTS), fill_value=0)
    counts.insert(1, "patients", patients)
    return counts


def on_both_sides(facts: pd.DataFrame, parts: pd.Series) -> int:
    """Patients with images in more than one part: none in a split that is sound."""
    table = pd.DataFrame({"patient": facts["patient_id"], "part": parts.to_numpy()})
    return int((table.groupby("patient")["part"].nunique() > 1).sum())
