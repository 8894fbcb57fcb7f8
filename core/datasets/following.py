"""A split that follows another dataset's: what a network was pretrained on is no test image.

Patches cut from mammograms and the whole mammograms are two datasets of the same patients.
A network that learned on the one and goes on with the other must not meet the patients it
will be tested on, so each patient goes to the part it has there.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from core.datasets.prepared import PreparedDataset
from core.datasets.splits import Copies, group_numbers, make_split
from core.domain.dataset import TEST, TRAIN, VALIDATION, SplitInfo
from core.errors import DatasetError

STRICTEST = {TRAIN: 0, VALIDATION: 1, TEST: 2}
METHOD = "followed"


def follow(
    dataset: PreparedDataset, info: SplitInfo, other: PreparedDataset, split: str, copies: Copies
) -> tuple[SplitInfo, pd.DataFrame]:
    """Patients that the other set does not have are dealt out by the fractions."""
    known = _parts(other, split)
    index = dataset.index
    own = _apart(index).map(known)
    if not own.notna().any():
        raise DatasetError(
            f"{dataset.info.name!r} and {other.info.name!r} have no patient in common, so the one "
            "cannot follow the other's split."
        )
    groups = group_numbers(index, copies)
    rank = own.map(STRICTEST).groupby(groups).transform("max")
    names = dict(zip(STRICTEST.values(), STRICTEST, strict=True))
    told = index.assign(official_split=rank.map(names).astype(object).where(rank.notna(), None))
    made, table = make_split(told, replace(info, method="official"), copies)
    where = f"As in split {split!r} of {other.info.name!r}"
    unknown = index.loc[rank.isna().to_numpy(), "patient_id"].nunique()
    note = f"{where}; {unknown} patients that it does not have are dealt out by the fractions."
    return replace(
        made, method=METHOD, notes=(f"{where}." if not unknown else note, *made.notes)
    ), table


def _parts(other: PreparedDataset, split: str) -> dict[str, str]:
    """The strictest part of each patient: test before validation before training."""
    parts = np.asarray(other.split(split), dtype=object)
    ranks = pd.Series(parts).map(STRICTEST).groupby(_apart(other.index).to_numpy()).max()
    names = dict(zip(STRICTEST.values(), STRICTEST, strict=True))
    return {str(patient): names[int(rank)] for patient, rank in ranks.dropna().items()}


def _apart(index: pd.DataFrame) -> pd.Series:
    """A patient's own id with its source; a combination writes the source into the id."""
    own = [
        patient.removeprefix(f"{source}/")
        for patient, source in zip(index["patient_id"], index["source"], strict=True)
    ]
    return pd.Series(index["source"].astype(str) + "/" + pd.Series(own, index.index))
