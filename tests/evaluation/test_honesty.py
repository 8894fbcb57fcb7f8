"""What must be said is said: overlap, shortcuts, prevalence, and figures too good to be true."""

import numpy as np
import pandas as pd

from core.domain.card import Interval, OperatingPoint
from core.domain.evaluation import Shortcut, Weight
from core.evaluation import honesty
from core.evaluation.sample import Sample, make_sample
from core.evaluation.shortcuts import candidates, of_patients, shortcuts


def figure(value: float, low: float = 0.6, high: float = 0.99) -> Interval:
    return Interval(value, low, high, 100)


def test_shared_patients_are_counted_and_named() -> None:
    found = honesty.shared_patients(["a", "b"], pd.Series(["b", "b", "c"]))
    assert found is not None
    assert found.weight is Weight.SERIOUS
    assert "1 of 2 patients (2 of 3 images)" in found.text
    assert found.examples == ("b",)
    assert honesty.shared_patients(["a"], pd.Series(["b"])) is None


def test_copies_are_named_in_pairs() -> None:
    found = honesty.shared_copies([("new", "old"), ("new", "older")], images=10)
    assert found is not None
    assert "1 of 10 images" in found.text
    assert found.examples[0] == "new = old"
    assert honesty.shared_copies([], 10) is None


def test_training_images_are_serious_and_validation_images_a_note() -> None:
    trained = honesty.trained_part(None, True, {"train": 7, "test": 3})
    chosen = honesty.trained_part("validation", True, {"validation": 5})
    assert trained is not None
    assert (trained.weight, "7 of 10 images" in trained.text) == (Weight.SERIOUS, True)
    assert chosen is not None
    assert chosen.weight is Weight.NOTE
    assert honesty.trained_part("test", True, {"test": 5}) is None
    assert honesty.trained_part(None, False, {"train": 5}) is None


def test_a_threshold_chosen_on_test_is_serious() -> None:
    point = OperatingPoint(0.4, ("yes",), "test part of spots", "")
    assert honesty.point_chosen_here(point, "test") is not None
    assert honesty.point_chosen_here(point, "validation") is None
    honest = OperatingPoint(0.4, ("yes",), "validation part of spots", "")
    assert honesty.point_chosen_here(honest, "test") is None


def test_near_perfect_figures_are_doubted_on_real_data_only() -> None:
    assert honesty.too_good({"auc": figure(0.99)}, is_synthetic=False) is not None
    assert honesty.too_good({"auc": figure(0.99)}, is_synthetic=True) is None
    assert honesty.too_good({"auc": figure(0.85)}, is_synthetic=False) is None
    assert honesty.too_good({}, is_synthetic=False) is None


def test_accuracy_is_read_against_the_commonest_answer() -> None:
    sample = make_sample([0] * 49 + [1], [0.1] * 50, np.arange(50), classes=("no", "yes"))
    seen = honesty.context(sample)
    assert (seen.majority, seen.majority_accuracy, seen.prevalence) == ("no", 0.98, 0.02)
    assert honesty.low_accuracy({"accuracy": figure(0.985, 0.95)}, seen) is not None
    assert honesty.low_accuracy({"accuracy": figure(0.999, 0.99)}, seen) is None


def scanners(seed: int = 0, n: int = 600) -> tuple[Sample, pd.DataFrame]:
    """Two images a patient; one scanner has nearly all positives, age says a little."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(rng.integers(0, 2, n // 2), 2)
    machine = np.where(rng.random(n) < 0.9, truth, 1 - truth)
    index = pd.DataFrame(
        {
            "machine": np.where(machine == 1, "old", "new"),
            "age": 60 + 8 * truth + rng.normal(size=n) * 10,
            "site": rng.choice(["1", "2", "3"], n),
            "source": "one",
            "implant": [None] * n,
            "source_rows": np.where(truth == 1, 1000, 2000),
            "source_columns": 800,
            "mean": np.abs(rng.normal(size=n)) * np.where(truth == 1, 3.0, 0.3),
        }
    )
    shares = np.clip(0.5 + 0.1 * (truth - 0.5) + 0.3 * rng.normal(size=n), 0, 1)
    return make_sample(truth, shares, np.arange(n) // 2, classes=("no", "yes")), index


def test_a_shortcut_is_found_whatever_its_shape() -> None:
    sample, index = scanners()
    found = {s.name: s for s in shortcuts(sample, candidates(index))}
    areas = {name: s.auc.value for name, s in found.items() if s.auc}
    assert areas["size"] == 1
    assert 0.85 < areas["machine"] < 0.95
    assert 0.6 < areas["age"] < 0.8
    assert areas["mean"] > 0.85
    assert abs(areas["site"] - 0.5) < 0.08
    assert found["source"].note == "the same for every case"
    assert found["implant"].note == "not known for any case"


def test_how_a_set_was_selected_is_a_shortcut() -> None:
    """Women with cancer shown by one breast, the others by both."""
    women, sides = np.repeat(np.arange(60), 2), np.tile(["L", "R"], 60)
    ill = women < 30
    kept = ~ill | (sides == "L")
    index = pd.DataFrame({"group": None, "patient_id": women, "laterality": sides})[kept]
    truth, owners = ill[kept].astype(int), women[kept]
    sample = make_sample(truth, np.full(len(truth), 0.5), owners, classes=("no", "yes"))
    found = {s.name: s for s in shortcuts(sample, of_patients(index))}
    assert {name: s.auc.value for name, s in found.items() if s.auc} == {"images": 1, "breasts": 1}
    assert "reads a patient's images together" in found["images"].note


def test_nothing_is_a_shortcut_by_chance() -> None:
    """Cross-validation: a column of its own value a case predicts nothing."""
    sample, _ = scanners()
    rng = np.random.default_rng(5)
    noise = {"mean": pd.Series(rng.random(600)), "site": pd.Series(rng.integers(0, 40, 600))}
    for found in shortcuts(sample, noise):
        assert found.auc is not None
        assert abs(found.auc.value - 0.5) < 0.1


def test_for_several_classes_the_one_it_tells_best_is_named() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 300)
    shares = np.full((300, 3), 1 / 3)
    sample = make_sample(truth, shares, np.arange(300), classes=("normal", "benign", "malignant"))
    machine = pd.Series(np.where(truth == 0, "film", "digital"))
    found = shortcuts(sample, {"machine": machine})[0]
    assert found.auc is not None
    assert found.auc.value == 1
    assert found.note == "tells normal from the rest"


def test_too_few_patients_give_no_shortcut_figure() -> None:
    sample = make_sample([0, 1] * 4, [0.5] * 8, [1, 2] * 4, classes=("no", "yes"))
    found = shortcuts(sample, {"site": pd.Series(list("abababab"))})[0]
    assert found.auc is None
    assert "too few patients" in found.note


def test_only_a_shortcut_close_to_the_model_is_a_warning() -> None:
    near = Shortcut("machine", "Machine", Interval(0.80, 0.7, 0.9, 100))
    unsure = Shortcut("site", "Site", Interval(0.80, 0.4, 0.9, 100))
    weak = Shortcut("age", "Age", Interval(0.60, 0.55, 0.65, 100))
    found = honesty.telling_shortcuts((near, unsure, weak), {"auc": figure(0.82)})
    assert found is not None
    assert found.examples == ("machine",)
    assert honesty.telling_shortcuts((near,), {"auc": figure(0.95)}) is None
    assert honesty.telling_shortcuts((), {}) is None
