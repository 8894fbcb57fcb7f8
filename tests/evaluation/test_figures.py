"""Figures agree with scikit-learn, with hand-worked cases, and refuse what has no answer."""

import numpy as np
import pytest
from sklearn import metrics

from core.errors import InputError
from core.evaluation.figures import figures, measure
from core.evaluation.sample import Sample, make_sample
from tests.evaluation.conftest import MakeSample

FEW = 20  # draws, where only the value is looked at


def values(sample: Sample) -> dict[str, float]:
    return {name: i.value for name, i in measure(sample, resamples=FEW).figures.items()}


def binary_reference(sample: Sample) -> dict[str, float]:
    truth, score, answer = sample.is_positive, sample.score, sample.predicted
    negative = metrics.recall_score(~truth, answer == 0)
    return {
        "auc": metrics.roc_auc_score(truth, score),
        "partial_auc": metrics.roc_auc_score(truth, score, max_fpr=0.1),
        "average_precision": metrics.average_precision_score(truth, score),
        "accuracy": metrics.accuracy_score(truth, answer),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, answer),
        "sensitivity": metrics.recall_score(truth, answer),
        "specificity": negative,
        "precision": metrics.precision_score(truth, answer),
        "f1": metrics.f1_score(truth, answer),
        "mcc": metrics.matthews_corrcoef(truth, answer),
        "kappa": metrics.cohen_kappa_score(truth, answer),
        "log_loss": metrics.log_loss(truth, score),
        "brier": metrics.brier_score_loss(truth, score),
    }


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("decimals", [None, 2, 1])
def test_two_classes_agree_with_scikit_learn(
    cases: MakeSample, seed: int, decimals: int | None
) -> None:
    sample = cases(seed, decimals=decimals)
    found = values(sample)
    for name, expected in binary_reference(sample).items():
        assert found[name] == pytest.approx(expected, abs=1e-9), name


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("decimals", [None, 1])
def test_several_classes_agree_with_scikit_learn(
    cases: MakeSample, seed: int, decimals: int | None
) -> None:
    sample = cases(seed, classes=4, decimals=decimals)
    found, truth, table = values(sample), sample.targets, sample.probabilities
    answer = table.argmax(axis=1)
    reference = {
        "macro_auc": metrics.roc_auc_score(truth, table, multi_class="ovr"),
        "auc_b": metrics.roc_auc_score(truth == 1, table[:, 1]),
        "average_precision_c": metrics.average_precision_score(truth == 2, table[:, 2]),
        "macro_average_precision": metrics.average_precision_score(np.eye(4)[truth], table),
        "accuracy": metrics.accuracy_score(truth, answer),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, answer),
        "macro_f1": metrics.f1_score(truth, answer, average="macro"),
        "mcc": metrics.matthews_corrcoef(truth, answer),
        "kappa": metrics.cohen_kappa_score(truth, answer),
        "log_loss": metrics.log_loss(truth, table),
        "brier": metrics.brier_score_loss(truth, table, labels=[0, 1, 2, 3]),
    }
    for name, expected in reference.items():
        assert found[name] == pytest.approx(expected, abs=1e-9), name
    assert "sensitivity" not in found


@pytest.mark.parametrize("decimals", [None, 1])
def test_fixed_rates_agree_with_scikit_learns_curve(
    cases: MakeSample, decimals: int | None
) -> None:
    sample = cases(3, decimals=decimals)
    found = values(sample)
    false, true, _ = metrics.roc_curve(sample.is_positive, sample.score, drop_intermediate=False)
    at_specificity = true[1 - false >= 0.9 - 1e-12].max()
    at_sensitivity = (1 - false)[true >= 0.9 - 1e-12].max()
    assert found["sensitivity_at_specificity_90"] == pytest.approx(at_specificity, abs=1e-9)
    assert found["specificity_at_sensitivity_90"] == pytest.approx(at_sensitivity, abs=1e-9)


def test_a_positive_group_counts_its_classes_together(cases: MakeSample) -> None:
    sample = cases(1, classes=4, positive=("c", "d"))
    found, score = values(sample), sample.probabilities[:, 2:].sum(axis=1)
    truth = sample.targets >= 2
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(truth, score), abs=1e-9)
    assert found["sensitivity"] == pytest.approx(
        metrics.recall_score(truth, score >= 0.5), abs=1e-9
    )
    assert found["brier"] == pytest.approx(
        metrics.brier_score_loss(sample.targets, sample.probabilities), abs=1e-9
    )


def test_a_hand_worked_case() -> None:
    """Four cases, one miss and one false alarm; every number can be checked on paper."""
    found = figures([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1], ["a", "b", "c", "d"], classes=("no", "yes"))
    value = {name: i.value for name, i in found.items()}
    assert value["auc"] == pytest.approx(3 / 4)
    assert value["sensitivity"] == value["specificity"] == value["accuracy"] == 0.5
    assert value["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert value["brier"] == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    assert value["kappa"] == value["mcc"] == 0
    # 2 * 1.3 / (1.3 + 0.7 + 2), the challenge's own formula.
    assert value["probabilistic_f1"] == pytest.approx(2.6 / 4.0)
    # Bins of a fifteenth hold one case each: |0.9-1| + |0.4-1| + |0.6-0| + |0.1-0|, over 4.
    assert value["ece"] == pytest.approx((0.1 + 0.6 + 0.6 + 0.1) / 4)


def test_probabilistic_f1_follows_the_challenges_definition(cases: MakeSample) -> None:
    sample = cases(2)
    hits = sample.score[sample.is_positive].sum()
    precision, recall = hits / sample.score.sum(), hits / sample.is_positive.sum()
    expected = 2 * precision * recall / (precision + recall)
    assert values(sample)["probabilistic_f1"] == pytest.approx(expected, abs=1e-12)


def test_the_threshold_itself_counts_as_positive() -> None:
    found = figures([1, 0], [0.3, 0.2], ["a", "b"], classes=("no", "yes"), threshold=0.3)
    assert found["sensitivity"].value == 1
    assert found["specificity"].value == 1


def test_counts_stand_with_figures(cases: MakeSample) -> None:
    sample = cases(0, n=120)
    found = measure(sample, resamples=FEW).figures
    positives = int(sample.is_positive.sum())
    assert found["sensitivity"].n == positives
    assert found["specificity"].n == 120 - positives
    assert found["auc"].n == 120
    assert found["precision"].n == int((sample.predicted == 1).sum())


def test_one_class_gives_reasons_instead_of_figures() -> None:
    sample = make_sample([1, 1, 1], [0.9, 0.4, 0.8], [1, 2, 3], classes=("no", "yes"))
    measured = measure(sample, resamples=FEW)
    assert measured.figures["sensitivity"].value == pytest.approx(2 / 3)
    for name in ("auc", "specificity", "partial_auc", "average_precision", "precision", "kappa"):
        assert name not in measured.figures
        assert "All 3 cases are yes" in measured.missing[name]
    assert set(measured.figures) == {"sensitivity", "accuracy", "log_loss", "brier", "ece"}


def test_no_positive_answer_means_no_precision_but_a_sensitivity_of_zero() -> None:
    sample = make_sample([1, 0], [0.2, 0.1], [1, 2], classes=("no", "yes"))
    measured = measure(sample, resamples=FEW)
    assert "precision" in measured.missing
    assert measured.figures["sensitivity"].value == 0
    assert measured.figures["f1"].value == 0


def test_a_class_that_does_not_occur_is_named(cases: MakeSample) -> None:
    sample = cases(0, classes=3)
    some = sample.take(sample.targets != 1)
    measured = measure(some, resamples=FEW)
    assert measured.missing["auc_b"] == f"None of the {some.n} cases is b."
    assert any("No case is b" in note for note in measured.notes)
    expected = np.mean(
        [metrics.roc_auc_score(some.targets == k, some.probabilities[:, k]) for k in (0, 2)]
    )
    assert measured.figures["macro_auc"].value == pytest.approx(expected, abs=1e-9)


def test_equal_answers_rank_as_chance() -> None:
    found = figures([0, 1, 0, 1], [0.5] * 4, [1, 2, 3, 4], classes=("no", "yes"))
    assert found["auc"].value == 0.5
    assert found["partial_auc"].value == pytest.approx(0.5)
    assert found["average_precision"].value == 0.5
    assert found["sensitivity_at_specificity_90"].value == 0


@pytest.mark.parametrize(
    ("targets", "scores", "patients", "says"),
    [
        ([0, 1], [0.2, np.nan], [1, 2], "not a number"),
        ([0, 1], [0.2, 1.2], [1, 2], "outside 0 to 1"),
        ([0, np.nan], [0.2, 0.3], [1, 2], "no known class"),
        ([0, 2], [0.2, 0.3], [1, 2], "no known class"),
        ([], [], [], "nothing to measure"),
        ([0, 1], [0.1], [1, 2], "shape"),
        ([0, 1], [0.1, 0.2], [1], "patients"),
        ([0, 1], [[0.1, 0.2], [0.5, 0.5]], [1, 2], "add up to 1"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(
    targets: list[float], scores: list[object], patients: list[int], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        figures(targets, scores, patients, classes=("no", "yes"))


@pytest.mark.parametrize("positive", [("malign",), ("no", "yes")])
def test_an_impossible_positive_group_is_refused(positive: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="positive"):
        figures([0, 1], [0.1, 0.2], [1, 2], classes=("no", "yes"), positive=positive)
