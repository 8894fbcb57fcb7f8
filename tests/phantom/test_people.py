"""Who is in a phantom set, and that nothing about her but the lesion gives the class away."""

from collections import Counter

import numpy as np
import pytest

from core.domain.cases import Pathology, Side
from core.errors import ConfigError
from core.phantom import PhantomConfig
from core.phantom.people import person
from core.phantom.plan import SORTS

MANY = 1200


@pytest.fixture(scope="module")
def people():
    config = PhantomConfig(seed=3, patients=MANY)
    return [person(config, index) for index in range(MANY)]


def test_each_pathology_has_its_share_of_breasts(people):
    counts = Counter(one.pathology(side) for one in people for side in Side)
    shares = {pathology: counts[pathology] / (2 * MANY) for pathology in Pathology}
    assert all(abs(share - 0.25) < 0.03 for share in shares.values()), shares


def test_prevalence_is_followed_when_cancer_is_rare():
    config = PhantomConfig(prevalence={Pathology.NORMAL: 0.9, Pathology.MALIGNANT: 0.1})
    breasts = [person(config, i).pathology(side) for i in range(600) for side in Side]
    assert breasts.count(Pathology.MALIGNANT) / len(breasts) == pytest.approx(0.1, abs=0.02)
    assert set(breasts) == {Pathology.NORMAL, Pathology.MALIGNANT}


def test_cancer_on_both_sides_is_rare_and_wholly_normal_patients_exist(people):
    pairs = Counter(tuple(one.pathology(side) for side in Side) for one in people)
    assert pairs[Pathology.MALIGNANT, Pathology.MALIGNANT] / MANY < 0.02
    assert pairs[Pathology.NORMAL, Pathology.NORMAL] / MANY > 0.05


def test_ten_patients_already_hold_every_class():
    for seed in range(20):
        config = PhantomConfig(seed=seed)
        held = {person(config, i).pathology(side) for i in range(10) for side in Side}
        assert held == set(Pathology), seed


def test_machine_does_not_tell_the_class(people):
    """No machine's share of cancers strays further than chance allows."""
    by_machine: dict[str, list[bool]] = {}
    for one in people:
        for side in Side:
            malignant = one.pathology(side) is Pathology.MALIGNANT
            by_machine.setdefault(one.look.machine, []).append(malignant)
    assert len(by_machine) >= 4
    for found in by_machine.values():
        assert abs(np.mean(found) - 0.25) < 4 * np.sqrt(0.25 * 0.75 / len(found))


def test_age_rises_with_cancer_and_falls_with_density(people):
    def age(chosen):
        return np.mean([one.age for one in people if chosen(one)])

    def cancer(one):
        return Pathology.MALIGNANT in {one.pathology(side) for side in Side}

    assert 1 < age(cancer) - age(lambda one: not cancer(one)) < 8
    assert age(lambda one: one.density == "A") > age(lambda one: one.density == "D") + 3


def test_every_sort_of_finding_occurs_and_its_size_is_in_range(people):
    lesions = [it for one in people for side in Side for it in one.lesions[side]]
    assert {it.sort.name for it in lesions} == {sort.name for sort in SORTS}
    for it in lesions:
        assert it.sort.radius_mm[0] <= it.radius_mm <= it.sort.radius_mm[1]


def test_shares_of_sorts_add_up():
    for pathology in Pathology:
        total = sum(sort.share for sort in SORTS if sort.pathology is pathology)
        assert total == pytest.approx(0 if pathology is Pathology.NORMAL else 1)


def test_findings_grow_subtler_with_difficulty():
    def mean_plainness(difficulty):
        config = PhantomConfig(seed=1, difficulty=difficulty)
        return np.mean(
            [it.plainness for i in range(80) for s in Side for it in person(config, i).lesions[s]]
        )

    easy, usual, hard = (mean_plainness(d) for d in (0.0, 0.5, 1.0))
    assert easy > usual + 0.2 > hard + 0.4


@pytest.mark.parametrize(
    "wrong",
    [
        {"patients": 0},
        {"height": 3},
        {"height": 100_000},
        {"difficulty": 1.5},
        {"difficulty": float("nan")},
        {"seed": -1},
        {"prevalence": {}},
        {"prevalence": {"unheard-of": 1.0}},
        {"prevalence": {Pathology.NORMAL: -1.0, Pathology.BENIGN: 2.0}},
        {"machine": "nowhere"},
    ],
)
def test_settings_that_make_no_sense_are_refused_with_what_is_allowed(wrong):
    with pytest.raises(ConfigError, match="Allowed"):
        PhantomConfig(**wrong)
