"""Pairs that the leakage check has found come with places, parts and patients."""

from pathlib import Path

import pandas as pd
import pytest

from core.datasets.prepared import PreparedDataset, open_prepared
from core.services import copies_view


@pytest.fixture
def found(phantom_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> PreparedDataset:
    """A set in which the check has found two pairs, one of them across sides."""
    from core.datasets.leakage import check
    from core.datasets.leakage.search import Match

    dataset = open_prepared("small")
    parts = dataset.split("default").to_numpy()
    other = next(row for row in range(16) if parts[row] != parts[0])
    twin = next(row for row in range(1, 16) if parts[row] == parts[0])
    matches = [Match(0, twin, False, 20, 0.99), Match(0, other, True, 15, 0.8)]
    monkeypatch.setattr(check, "search", lambda *_, **__: matches)
    assert not copies_view.searched(dataset)
    check.find_copies(dataset)
    assert copies_view.searched(dataset)
    return dataset


def test_pairs_across_sides_come_first(found: PreparedDataset) -> None:
    view = copies_view.view(found, "default")
    assert view.pairs["across"].tolist() == [True, False]
    assert view.pairs["mirrored"].tolist() == [True, False]
    parts = found.split("default")
    for pair in view.pairs.to_dict(orient="records"):
        assert parts[pair["one"]] == pair["one_part"]
        assert parts[pair["other"]] == pair["other_part"]
    assert view.groups == 1
    assert view.torn_of("copies") == 1


def test_without_a_split_nothing_is_across(found: PreparedDataset) -> None:
    view = copies_view.view(found, None)
    assert not view.pairs["across"].any()
    assert view.torn == []
    assert len(view.pairs) == 2


def test_same_patients_are_told_from_others(found: PreparedDataset) -> None:
    patients = found.index["patient_id"]
    pairs: pd.DataFrame = copies_view.view(found, "default").pairs
    for pair in pairs.to_dict(orient="records"):
        same = patients[pair["one"]] == patients[pair["other"]]
        assert pair["same_patient"] == same
