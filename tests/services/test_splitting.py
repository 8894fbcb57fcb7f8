"""A proposed split is weighed without being written, and says when a patient is torn."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.datasets.copies import COPIES
from core.datasets.prepared import PreparedDataset, open_prepared
from core.errors import ConfigError
from core.services import composition, splitting


@pytest.fixture
def small(phantom_workspace: Path) -> PreparedDataset:
    return open_prepared("small")


def test_a_proposal_writes_nothing(small: PreparedDataset) -> None:
    before = sorted(small.path.rglob("*"))
    info, table = splitting.propose(small, seed=3, fractions=(0.5, 0.25, 0.25))
    assert sorted(small.path.rglob("*")) == before
    assert len(table) == 16
    assert info.seed == 3


def test_the_balance_counts_every_image_and_patient(small: PreparedDataset) -> None:
    facts = composition.facts(small)
    _, table = splitting.propose(small)
    balance = splitting.balance(facts, table["part"])
    assert balance["images"].sum() == 16
    assert balance["patients"].sum() == 4
    assert balance[list(small.info.classes)].to_numpy().sum() == 16
    assert splitting.on_both_sides(facts, table["part"]) == 0


def test_torn_patients_are_counted(small: PreparedDataset) -> None:
    facts = composition.facts(small)
    parts = pd.Series(np.where(np.arange(16) % 2, "train", "test"))
    assert splitting.on_both_sides(facts, parts) == 4


def test_known_copies_stay_together_unless_told(small: PreparedDataset) -> None:
    names = small.index["image_id"]
    patients = small.index["patient_id"]
    first, last = int(np.argmax(patients == patients.iloc[0])), len(names) - 1
    copies = pd.DataFrame({"image_id": [names[first], names[last]], "copies": ["c", "c"]})
    copies.to_parquet(small.path / COPIES, index=False)
    assert splitting.copies_known(small) == 2
    sides = []
    for seed in range(12):
        info, table = splitting.propose(small, seed=seed)
        assert "copies" in info.grouped_by
        assert table["part"].iloc[first] == table["part"].iloc[last]
        _, apart = splitting.propose(small, seed=seed, keep_copies_together=False)
        sides.append(apart["part"].iloc[first] == apart["part"].iloc[last])
    assert not all(sides)


def test_a_kept_split_tells_how_it_was_made(small: PreparedDataset) -> None:
    made = splitting.propose(small, "folds", folds=3, name="three")
    splitting.keep(small, made)
    assert splitting.described(small, "three") == made[0]
    assert small.split("three").tolist() == made[1]["part"].tolist()


def test_nonsense_is_refused(small: PreparedDataset) -> None:
    with pytest.raises(ConfigError):
        splitting.propose(small, fractions=(0.0, 0.5, 0.5))
    with pytest.raises(ConfigError):
        splitting.propose(small, "folds", folds=99)


def test_parts_are_compared_by_any_fact(small: PreparedDataset) -> None:
    facts = composition.facts(small)
    counts = composition.by_part(facts["view"], small.split("default"))
    assert list(counts.index) == ["train", "validation", "test"]
    assert counts.to_numpy().sum() == 16
