"""Groups: who is in them, whether they are large enough, and what chance would do."""

import json

import numpy as np
import pandas as pd
import pytest

from core.datasets.findings import to_json
from core.domain.cases import Circle, Finding, FindingKind
from core.domain.figures import PROPERTY_TITLES
from core.evaluation.properties import properties
from core.evaluation.sample import Sample, make_sample
from core.evaluation.subgroups import MOST_GROUPS, REST, subgroups

MASS, CALCIFICATION = FindingKind.MASS, FindingKind.CALCIFICATION


def split(n: int = 800, worse: float = 0.0) -> tuple[Sample, np.ndarray]:
    """Two groups of patients; the second one's scores are noisier by `worse`."""
    rng = np.random.default_rng(0)
    truth, second = rng.integers(0, 2, n), np.arange(n) % 2 == 1
    noise = rng.normal(size=n) * np.where(second, 1 + worse, 1.0)
    shares = 1 / (1 + np.exp(0.75 - 1.5 * truth - noise))
    return make_sample(truth, shares, np.arange(n), classes=("no", "yes")), second


def test_a_real_gap_is_found_and_stands_first() -> None:
    sample, second = split(worse=4.0)
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "view": rng.choice(["CC", "MLO"], sample.n),
            "density": np.where(second, "D", "A"),
        }
    )
    found = subgroups(sample, table, resamples=100)
    assert [t.by for t in found] == ["density", "view"]
    assert found[0].figure == "auc"
    assert (found[0].gap or 0) > 0.1
    assert (found[0].p or 1) < 0.001
    assert (found[1].p or 0) > 0.05


def test_group_figures_are_those_of_the_group_alone() -> None:
    from core.evaluation.figures import measure

    sample, second = split()
    found = subgroups(sample, pd.DataFrame({"site": np.where(second, "1", "2")}), resamples=50)
    group = next(g for g in found[0].groups if g.value == "1")
    alone = measure(sample.take(second), resamples=50).figures
    assert group.figures["auc"] == alone["auc"]
    assert (group.cases, group.positives) == (400, int(sample.is_positive[second].sum()))


def test_small_groups_are_marked_and_give_no_gap() -> None:
    sample, _ = split(60)
    names = np.array(["big"] * 45 + ["small"] * 15)
    found = subgroups(sample, pd.DataFrame({"machine": names}), resamples=20)[0]
    assert {g.value: g.small for g in found.groups} == {"big": False, "small": True}
    assert found.gap is None


def test_a_group_of_one_class_says_why_it_has_no_auc() -> None:
    sample, _ = split(100)
    table = pd.DataFrame({"site": np.where(sample.is_positive, "1", "2")})
    found = subgroups(sample, table, resamples=20)[0]
    for group in found.groups:
        assert "auc" not in group.figures
        assert "needs cases of both sides" in group.missing["auc"]


def test_an_unknown_property_is_counted_but_is_no_group() -> None:
    sample, second = split(100)
    values = pd.Series(np.where(second, "A", "B"), dtype=object)
    values[:10] = None
    found = subgroups(sample, pd.DataFrame({"density": values}), resamples=20)[0]
    assert found.unknown == 10
    assert sum(g.cases for g in found.groups) == 90
    assert subgroups(sample, pd.DataFrame({"density": [None] * 100}), resamples=20) == ()


def test_many_rare_values_stand_together() -> None:
    sample, _ = split(400)
    names = [f"m{number % 30}" for number in range(400)]
    found = subgroups(sample, pd.DataFrame({"machine": names}), resamples=5)[0]
    assert len(found.groups) == MOST_GROUPS
    assert found.groups[-1].value == REST
    assert sum(g.cases for g in found.groups) == 400


def test_kinds_of_finding_are_measured_against_all_without_one() -> None:
    sample, second = split(200)
    kinds = np.where(sample.is_positive, np.where(second, "mass", "calcification"), None)
    found = subgroups(sample, pd.DataFrame({"finding_kind": kinds}), resamples=50)[0]
    negatives = int((~sample.is_positive).sum())
    for group in found.groups:
        assert group.figures["specificity"].n == negatives
        assert group.figures["auc"].n == negatives + group.cases
    assert "negatives that have none" in found.notes[0]


def index(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_properties_come_from_a_prepared_table() -> None:
    mass = Finding(MASS, shape=Circle(50, 50, 10))
    spots = Finding(CALCIFICATION, shape=Circle(50, 50, 2))
    table = properties(
        index(
            density=["A", None, "D"],
            age=[39.0, 40.0, np.nan],
            view=["CC", "MLO", "CC"],
            laterality=["L", "R", "L"],
            implant=[True, None, False],
            findings=[to_json([mass]), to_json([mass, spots]), "[]"],
            spacing_mm=[0.5, 1.0, np.nan],
            source_rows=[1000, 1000, 1000],
            extra=[json.dumps({"subtlety": 2}), "{}", None],
        )
    )
    assert list(table) == list(PROPERTY_TITLES)
    table = table.astype(object).where(table.notna(), None)
    assert table["density"].tolist() == ["A", None, "D"]
    assert table["age_band"].tolist() == ["under 40", "40 to 50", None]
    assert table["finding_kind"].tolist() == ["mass", "several kinds", None]
    assert table["finding_size"].tolist() == ["10 to 20 mm", "20 to 50 mm", None]
    assert table["implant"].tolist() == ["with implant", None, "without implant"]
    assert table["difficulty"].tolist() == ["subtlety 2", None, None]
    assert table["machine"].isna().all()


def test_sizes_are_shares_of_the_height_without_a_scale() -> None:
    found = to_json([Finding(MASS, shape=Circle(0, 0, 40))])
    table = properties(index(findings=[found], spacing_mm=[None], source_rows=[1000]))
    assert table["finding_size"].tolist() == ["5 to 10% of the height"]


def test_bands_are_in_the_order_of_their_numbers() -> None:
    sample, _ = split(120)
    ages = np.resize(["40 to 50", "70 and over", "under 40"], 120)
    found = subgroups(sample, pd.DataFrame({"age_band": ages}), resamples=5)[0]
    assert [g.value for g in found.groups] == ["under 40", "40 to 50", "70 and over"]


def test_a_difficult_negative_is_told_from_the_others() -> None:
    extra = [json.dumps({"difficult_negative_case": value}) for value in ("True", "False")]
    assert properties(index(extra=extra))["difficulty"].tolist() == [
        "difficult negative",
        "other",
    ]


@pytest.mark.parametrize("by", list(PROPERTY_TITLES))
def test_every_property_has_a_title_for_people(by: str) -> None:
    assert PROPERTY_TITLES[by][0].isupper()


def test_groups_of_negatives_alone_are_compared_by_specificity() -> None:
    sample, second = split(400, worse=4.0)
    kinds = np.where(sample.is_positive, None, np.where(second, "difficult negative", "other"))
    found = subgroups(sample, pd.DataFrame({"difficulty": kinds}), resamples=50)[0]
    assert found.figure == "specificity"
    assert (found.gap or 0) > 0.02
