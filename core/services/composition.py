"""What a prepared dataset is made of, counted: the facts behind charts, filters and tables."""

from typing import Any

import numpy as np
import pandas as pd

from core.datasets.prepared import PreparedDataset
from core.datasets.splits import PARTS
from core.domain.cases import FindingKind

UNKNOWN = "not known"
# A fact with more values than this has no room in one chart.
FEW = 8
# Facts that name a group of images; the others are numbers.
GROUPS = (
    "class",
    "source",
    "view",
    "laterality",
    "density",
    "birads",
    "machine",
    "site",
    "implant",
    "size",
    "kinds",
)
NUMBERS = ("age", "source_rows", "source_columns", "spacing_mm", "mean", "maximum")
_DECADES = (0, 40, 50, 60, 70, 80, 200)
_DECADE_NAMES = ("under 40", "40 to 49", "50 to 59", "60 to 69", "70 to 79", "80 and over")


def facts(dataset: PreparedDataset) -> pd.DataFrame:
    """A slim table, one row an image in the order of the arrays, quick to filter and count."""
    index = dataset.index
    table = index[["image_id", "patient_id", *NUMBERS]].copy()
    for name in ("source", "view", "laterality", "density", "birads", "machine", "site"):
        table[name] = index[name].astype("category")
    implant = index["implant"].map({True: "yes", False: "no"})
    table["implant"] = pd.Categorical(implant, ["no", "yes"])
    table["class"] = pd.Categorical(index["class"], list(dataset.info.classes))
    table["size"] = _sizes(index).astype("category")
    table["kinds"] = _kinds(index["findings"]).astype("category")
    return table


def _sizes(index: pd.DataFrame) -> pd.Series:
    return index["source_columns"].astype(str) + " × " + index["source_rows"].astype(str)


def _kinds(findings: pd.Series) -> pd.Series:
    """Which kinds of finding an image shows; the column is text, and long, so it is searched."""
    said = [np.where(findings.str.contains(f'"{k}"', regex=False), f"{k}, ", "") for k in _KINDS]
    joined = pd.Series(np.sum(np.array(said, dtype=object), axis=0), index=findings.index)
    return joined.str.removesuffix(", ").replace("", "none")


_KINDS = tuple(kind.value for kind in FindingKind)


def by_class(table: pd.DataFrame, column: str, most: int | None = None) -> pd.DataFrame:
    """Images of each class (columns) for each value of a fact (rows), the unknown ones last.

    With `most`, rarer values are added up as "others".
    """
    named = table[column].astype(object)
    values = named.where(named.notna(), UNKNOWN)
    counts: pd.DataFrame = pd.crosstab(values.to_numpy(), table["class"].to_numpy())
    counts = counts.reindex(columns=list(table["class"].cat.categories), fill_value=0)
    counts = counts.loc[_order(counts, table[column])]
    return _gathered(counts, most) if most and len(counts) > most + 1 else counts


def _order(counts: pd.DataFrame, values: pd.Series) -> list[Any]:
    present = list(counts.index)
    if isinstance(values.dtype, pd.CategoricalDtype):
        present = [name for name in values.cat.categories if name in counts.index]
    present = [name for name in present if name != UNKNOWN]
    return [*present, UNKNOWN] if UNKNOWN in counts.index else present


def _gathered(counts: pd.DataFrame, most: int) -> pd.DataFrame:
    """The largest first, as there are too many to find one by its name."""
    known = counts.drop(index=UNKNOWN, errors="ignore")
    known = known.loc[known.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    rest = known.iloc[most:]
    shown = known.iloc[:most]
    if len(rest):
        shown.loc[f"{len(rest)} others"] = rest.sum()
    if UNKNOWN in counts.index:
        shown.loc[UNKNOWN] = counts.loc[UNKNOWN]
    return shown


def ages(table: pd.DataFrame) -> pd.Series:
    """Decades of life, for tables; charts draw the years themselves."""
    return pd.cut(table["age"], _DECADES, right=False, labels=_DECADE_NAMES)


def describe(dataset: PreparedDataset) -> dict[str, Any]:
    """Everything that is counted, as one document."""
    table = facts(dataset)
    table["age_group"] = ages(table)
    info = dataset.info
    return {
        "name": info.name,
        "images": info.images,
        "patients": info.patients,
        "synthetic": info.synthetic,
        "patients_by_class": patients(table),
        "counts": {
            name: by_class(table, name).to_dict(orient="index")
            for name in (*GROUPS[1:], "age_group")
        },
        "images_by_class": {
            str(k): int(n) for k, n in table["class"].value_counts(sort=False).items()
        },
        "splits": dataset.split_names(),
    }


def patients(table: pd.DataFrame) -> dict[str, int]:
    """A patient counts for each class that one of her images has."""
    counts = table.groupby("class", observed=False)["patient_id"].nunique()
    return {str(name): int(count) for name, count in counts.items()}


def binned(table: pd.DataFrame, column: str, width: float) -> pd.DataFrame:
    """Images of each class in bins of `width`; the index gives where each bin begins."""
    known = table[table[column].notna()]
    begins = (np.floor(known[column].to_numpy() / width) * width).round(9)
    counts: pd.DataFrame = pd.crosstab(begins, known["class"].to_numpy())
    return counts.reindex(columns=list(table["class"].cat.categories), fill_value=0)


def bin_width(values: pd.Series, bins: int = 24) -> float:
    """A round number that cuts the values into about so many bins."""
    known = values.dropna()
    span = float(known.max() - known.min()) if len(known) else 0.0
    if span <= 0:
        return 1.0
    raw = span / bins
    power = 10.0 ** np.floor(np.log10(raw))
    return float(next(step for step in (1, 2, 2.5, 5, 10) if step * power >= raw) * power)


def sizes(table: pd.DataFrame, to: int = 50) -> pd.DataFrame:
    """How many files have about which width and height, in pixels."""
    near = table[["source_columns", "source_rows"]] // to * to
    counts = near.groupby(["source_columns", "source_rows"]).size()
    return counts.rename("images").reset_index()


def by_part(values: pd.Series, parts: pd.Series) -> pd.DataFrame:
    """Images of each part (rows) with each value of a fact (columns), the unknown ones last."""
    named = values.astype(object)
    counts: pd.DataFrame = pd.crosstab(
        parts.to_numpy(), named.where(named.notna(), UNKNOWN).to_numpy()
    )
    known = [name for name in counts.columns if name != UNKNOWN]
    columns = [*known, UNKNOWN] if UNKNOWN in counts.columns else known
    return counts.reindex(index=list(PARTS), columns=columns, fill_value=0)
