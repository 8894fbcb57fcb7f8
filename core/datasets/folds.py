"""Folds for cross-validation: every image is held out once, with all that must stay beside it.

The part that chooses the best epoch is carved out of what remains, never out of the fold
that is held out, so that the held-out answers are those of a network that knew nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.datasets.splits import deal, group_numbers
from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.errors import ConfigError, DatasetError

STRATA = ("class", "source")
TOGETHER = "together"
Places = NDArray[np.int64]


def deal_folds(
    index: pd.DataFrame,
    folds: int,
    seeds: Sequence[int],
    copies: Mapping[str, str],
    outside: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """A row an image: who it must stay with, and for each seed the fold that holds it out.

    Folds count from 1; images `outside` take no part and have fold 0.
    """
    together = group_numbers(index, copies)
    taking_part = np.ones(len(index), bool) if outside is None else ~outside
    if outside is not None:
        # One image outside keeps its whole group there.
        taking_part &= ~np.isin(together, together[outside])
    groups = len(np.unique(together[taking_part]))
    if not 2 <= folds <= groups:
        raise ConfigError(
            f"{folds} folds cannot be made. Allowed: from 2 to the number of patients, {groups}."
        )
    table = pd.DataFrame({"image_id": index["image_id"].to_numpy(), TOGETHER: together})
    for seed in seeds:
        numbers = np.zeros(len(index), np.int64)
        numbers[taking_part] = 1 + deal(
            together[taking_part],
            _strata(index[taking_part]),
            [1 / folds] * folds,
            np.random.default_rng([seed, folds]),
        )
        table[column(seed)] = numbers
    return table


def column(seed: int) -> str:
    return f"fold_{seed}"


def split_of(
    index: pd.DataFrame, dealt: pd.DataFrame, seed: int, fold: int, validation: float
) -> pd.DataFrame:
    """The split (image_id, part) that holds this fold out; the same each time it is asked for."""
    numbers = dealt[column(seed)].to_numpy()
    parts = np.full(len(index), None, object)
    parts[numbers == fold] = TEST
    learning = (numbers > 0) & (numbers != fold)
    carved = deal(
        dealt[TOGETHER].to_numpy()[learning],
        _strata(index[learning]),
        [1 - validation, validation],
        np.random.default_rng([seed, fold, 1]),
    )
    parts[learning] = np.where(carved == 1, VALIDATION, TRAIN)
    return pd.DataFrame({"image_id": index["image_id"].to_numpy(), "part": parts})


def check_split(
    index: pd.DataFrame, split: pd.DataFrame, fold: int, classes: Sequence[str]
) -> None:
    """Refused before any run begins, because the last fold would fail hours after the first."""
    known = index["class"].notna().to_numpy()
    parts = split["part"].to_numpy()
    for part in (TRAIN, VALIDATION, TEST):
        if not (known & (parts == part)).any():
            raise DatasetError(
                f"Fold {fold} leaves no image in its {part} part. Use fewer folds, or more images."
            )
    learned = set(index["class"][known & (parts == TRAIN)])
    missing = [name for name in classes if name not in learned]
    if missing:
        raise DatasetError(
            f"In fold {fold} no training image is of class {', '.join(missing)}: too few patients "
            "have one. Use fewer folds, or a task whose classes all occur often enough."
        )


def _strata(index: pd.DataFrame) -> Places:
    numbers = index.groupby(list(STRATA), sort=False, dropna=False).ngroup()
    return np.asarray(numbers, np.int64)
