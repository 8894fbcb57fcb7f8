"""Counts add up to the set, unknown values are counted as such, and nothing is made up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.datasets.prepared import open_prepared
from core.services import composition
from core.services.composition import GROUPS, UNKNOWN


@pytest.fixture
def facts(phantom_workspace: Path) -> pd.DataFrame:
    return composition.facts(open_prepared("small"))


@pytest.mark.parametrize("name", GROUPS[1:])
def test_every_image_is_counted_once(facts: pd.DataFrame, name: str) -> None:
    counts = composition.by_class(facts, name)
    assert counts.to_numpy().sum() == 16
    assert list(counts.columns) == ["normal", "benign", "benign_without_callback", "malignant"]


def test_unknown_values_have_a_row_of_their_own_at_the_end(facts: pd.DataFrame) -> None:
    table = facts.copy()
    table.loc[:4, "density"] = np.nan
    counts = composition.by_class(table, "density")
    assert counts.index[-1] == UNKNOWN
    assert counts.loc[UNKNOWN].sum() == 5


def test_rare_values_are_added_up(facts: pd.DataFrame) -> None:
    table = facts.assign(machine=pd.Categorical([f"M{n // 2}" for n in range(16)]))
    counts = composition.by_class(table, "machine", most=5)
    assert list(counts.index[-1:]) == ["3 others"]
    assert counts.to_numpy().sum() == 16
    assert len(composition.by_class(table, "machine", most=7)) == 8


def test_the_kinds_of_finding_of_an_image_are_named(facts: pd.DataFrame) -> None:
    index = open_prepared("small").index
    for row, kinds in enumerate(facts["kinds"]):
        text = str(index["findings"].iloc[row])
        assert all(kind in text for kind in kinds.split(", ")) or (kinds, text) == ("none", "[]")


def test_bins_hold_every_known_number(facts: pd.DataFrame) -> None:
    counts = composition.binned(facts, "age", 5.0)
    assert counts.to_numpy().sum() == facts["age"].notna().sum()
    for begin in counts.index:
        inside = facts["age"].between(begin, begin + 5, inclusive="left").sum()
        assert counts.loc[begin].sum() == inside


@pytest.mark.parametrize(
    ("values", "width"), [([0.0, 24.0], 1.0), ([0.0, 1.0], 0.05), ([7.0], 1.0), ([np.nan], 1.0)]
)
def test_bins_have_round_widths(values: list[float], width: float) -> None:
    assert composition.bin_width(pd.Series(values)) == pytest.approx(width)


def test_patients_count_for_each_class_they_have(facts: pd.DataFrame) -> None:
    counts = composition.patients(facts)
    for name, count in counts.items():
        assert count == facts.loc[facts["class"] == name, "patient_id"].nunique()


def test_the_description_is_plain_data(phantom_workspace: Path) -> None:
    import json

    document = composition.describe(open_prepared("small"))
    assert json.loads(json.dumps(document))["images"] == 16
    assert sum(document["images_by_class"].values()) == 16
