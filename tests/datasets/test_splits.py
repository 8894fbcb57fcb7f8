"""Splits: whole patients, all classes, the same for the same seed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets.splits import DEFAULT, PARTS, fold_parts, group_numbers, make_split
from core.domain.dataset import SplitInfo
from core.errors import ConfigError, DatasetError


def table(patients: int, images: int = 4, positives: float = 0.3, sources: int = 2) -> pd.DataFrame:
    number = np.arange(patients * images)
    patient = number // images
    positive = (patient % 100) < positives * 100
    return pd.DataFrame(
        {
            "image_id": [f"i{n}" for n in number],
            "patient_id": [f"p{n}" for n in patient],
            "group": [f"p{n}" for n in patient],
            "source": [f"s{n % sources}" for n in patient],
            "class": np.where(positive, "cancer", "negative"),
            "official_split": None,
        }
    )


def fractions(part: pd.Series) -> list[float]:
    shares = part.value_counts(normalize=True)
    return [float(shares.get(name, 0.0)) for name in PARTS]


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 120), st.integers(1, 8), st.floats(0.05, 0.95), st.integers(0, 10_000))
def test_no_patient_is_ever_on_two_sides(
    patients: int, images: int, positives: float, seed: int
) -> None:
    index = table(patients, images, positives)
    _, split = make_split(index, SplitInfo("x", "fractions", seed))
    assert split["image_id"].tolist() == index["image_id"].tolist()
    assert split.groupby(index["patient_id"])["part"].nunique().max() == 1
    assert set(split["part"]) <= set(PARTS)


def test_fractions_and_classes_come_out_as_asked() -> None:
    index = table(400)
    _, split = make_split(index, DEFAULT)
    assert fractions(split["part"]) == pytest.approx([0.7, 0.15, 0.15], abs=0.01)
    for _, rows in split.groupby([index["class"], index["source"]]):
        assert fractions(rows["part"]) == pytest.approx([0.7, 0.15, 0.15], abs=0.03)


def test_the_seed_decides_and_nothing_else() -> None:
    index = table(60)
    first = make_split(index, SplitInfo("x", "fractions", 1))[1]
    assert first.equals(make_split(index, SplitInfo("x", "fractions", 1))[1])
    assert not first.equals(make_split(index, SplitInfo("x", "fractions", 2))[1])


def test_rare_cancers_reach_every_part() -> None:
    index = table(300, positives=0.02)
    _, split = make_split(index, DEFAULT)
    found = pd.crosstab(index["class"], split["part"]).loc["cancer"]
    assert (found[list(PARTS)] > 0).all()


def test_a_part_without_a_class_is_told() -> None:
    info, _ = make_split(table(100, positives=0.01), DEFAULT)
    assert any("no image of class cancer" in note for note in info.notes)


def test_copies_of_an_image_join_their_patients() -> None:
    index = table(40)
    copies = {"i0": "a", "i50": "a", "i51": "b", "i90": "b"}
    groups = group_numbers(index, copies)
    assert groups[0] == groups[50] == groups[90]
    assert len(np.unique(groups)) == 38
    _, split = make_split(index, DEFAULT, copies)
    parts = split.set_index("image_id")["part"]
    assert parts["i0"] == parts["i50"] == parts["i90"]


def test_folds_hold_out_every_patient_once() -> None:
    index = table(100)
    info, split = make_split(index, SplitInfo("x", "folds", 0, (0.7, 0.1, 0.2), folds=4))
    assert info.folds == 4
    assert split["fold"].nunique() == 4
    assert (split["fold"].isna() == (split["part"] == "test")).all()
    assert fractions(split["part"])[2] == pytest.approx(0.2, abs=0.02)
    held = [set(index["patient_id"][fold_parts(split, k) == "validation"]) for k in range(4)]
    assert sum(len(patients) for patients in held) == len(set.union(*held))
    for fold in range(4):
        parts = fold_parts(split, fold)
        assert parts.groupby(index["patient_id"]).nunique().max() == 1


def official(torn: int = 3) -> pd.DataFrame:
    index = table(50)
    place = index["image_id"].str[1:].astype(int) // 4
    index["official_split"] = np.where(place < 40, "train", "test")
    index.loc[(place < torn) & (np.arange(len(index)) % 4 == 0), "official_split"] = "test"
    return index


def test_the_official_split_is_kept_and_its_fault_told() -> None:
    index = official()
    info, split = make_split(index, SplitInfo("x", "official", 0))
    assert ((split["part"] == "test") == (index["official_split"] == "test")).all()
    assert "3 patients are on both sides" in info.notes[0]
    assert (split["part"] == "validation").any()


def test_the_repaired_official_split_has_no_patient_on_both_sides() -> None:
    index = official()
    info, split = make_split(index, SplitInfo("x", "repaired-official", 0))
    assert split.groupby(index["patient_id"])["part"].nunique().max() == 1
    kept = set(index["image_id"][split["part"] == "test"])
    assert kept < set(index["image_id"][index["official_split"] == "test"])
    assert "3 came from the official test part" in info.notes[1]


@pytest.mark.parametrize("values", [(0.5, 0.2, 0.2), (1.2, -0.1, -0.1), (0.0, 0.5, 0.5)])
def test_fractions_that_make_no_sense_are_refused(values: tuple[float, float, float]) -> None:
    with pytest.raises(ConfigError, match="add up to 1"):
        make_split(table(10), SplitInfo("x", "fractions", 0, values))


def test_splits_that_cannot_be_made_are_refused() -> None:
    with pytest.raises(DatasetError, match="no official split"):
        make_split(table(10), SplitInfo("x", "official", 0))
    with pytest.raises(ConfigError, match="folds cannot be made"):
        make_split(table(3), SplitInfo("x", "folds", 0, folds=9))
    with pytest.raises(ConfigError, match="no way to split 'dice'"):
        make_split(table(3), SplitInfo("x", "dice", 0))


def test_fifty_thousand_patients_are_split_in_seconds() -> None:
    import time

    index = table(50_000, images=2)
    started = time.process_time()
    make_split(index, DEFAULT)
    assert time.process_time() - started < 20
