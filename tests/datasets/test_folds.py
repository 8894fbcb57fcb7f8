"""Folds hold every image out once, with its patient and its copies, and choose nothing on it."""

import numpy as np
import pandas as pd
import pytest

from core.datasets import folds
from core.errors import ConfigError, DatasetError

COPIES = {"i0": "c", "i59": "c"}  # two patients who share a copy


@pytest.fixture
def index() -> pd.DataFrame:
    random = np.random.default_rng(0)
    patients = [f"p{number // 3}" for number in range(60)]
    return pd.DataFrame(
        {
            "image_id": [f"i{number}" for number in range(60)],
            "patient_id": patients,
            "group": None,
            "source": "s",
            "class": random.choice(["benign", "malignant"], 60),
        }
    )


def parts_of(index: pd.DataFrame, dealt: pd.DataFrame, seed: int) -> list[pd.Series]:
    return [folds.split_of(index, dealt, seed, fold, 0.2)["part"] for fold in range(1, 5)]


def test_every_image_is_held_out_once_a_seed_with_all_that_belongs_to_it(
    index: pd.DataFrame,
) -> None:
    dealt = folds.deal_folds(index, 4, [0, 7], COPIES)
    owners = index["patient_id"].replace({"p19": "p0"})  # joined by the copy
    for seed in (0, 7):
        parts = parts_of(index, dealt, seed)
        held = sum((part == "test").to_numpy().astype(int) for part in parts)
        assert (held == 1).all()
        for part in parts:
            assert part.groupby(owners).nunique().eq(1).all()
            assert set(part) == {"train", "validation", "test"}
            share = (part == "validation").sum() / (part != "test").sum()
            assert 0.1 < share < 0.3
    assert not dealt["fold_0"].equals(dealt["fold_7"])
    assert folds.deal_folds(index, 4, [0, 7], COPIES).equals(dealt)


def test_a_test_part_kept_aside_takes_its_patients_along(index: pd.DataFrame) -> None:
    outside = (index["image_id"] == "i0").to_numpy()
    dealt = folds.deal_folds(index, 4, [0], COPIES, outside)
    away = index["patient_id"].isin(["p0", "p19"]).to_numpy()
    for part in parts_of(index, dealt, 0):
        assert part[away].isna().all()
        assert part[~away].notna().all()


def test_what_cannot_be_dealt_is_refused(index: pd.DataFrame) -> None:
    for wrong in (1, 21):
        with pytest.raises(ConfigError, match="from 2 to the number of patients, 20"):
            folds.deal_folds(index, wrong, [0], {})
    rare = index.assign(**{"class": ["rare", *["benign"] * 59]})
    dealt = folds.deal_folds(rare, 2, [0], {})
    fold = int(dealt["fold_0"][0])
    with pytest.raises(DatasetError, match="class rare"):
        folds.check_split(rare, folds.split_of(rare, dealt, 0, fold, 0.2), fold, ["benign", "rare"])
