"""What steers a run: losses, schedules, figures of an epoch, and what is remembered of them."""

import keras
import numpy as np
import pytest
from sklearn import metrics

from core.domain.training import EarlyStopping, Loss, Schedule, TrainConfig
from core.training import epoch_figures, schedules
from core.training.losses import per_image
from core.training.watch import Gain, Watch

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(0, 3, (40, 4)).astype(np.float32)
TARGETS = RANDOM.integers(0, 4, 40)


def ours(logits: np.ndarray, targets: np.ndarray, **loss: object) -> np.ndarray:
    given = keras.ops.convert_to_tensor(logits), keras.ops.convert_to_tensor(targets)
    return keras.ops.convert_to_numpy(per_image(*given, Loss(**loss)))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_is_that_of_keras(smoothing: float) -> None:
    many = keras.losses.CategoricalCrossentropy(True, smoothing, reduction="none")
    np.testing.assert_allclose(
        ours(LOGITS, TARGETS, label_smoothing=smoothing),
        many(np.eye(4)[TARGETS], LOGITS),
        rtol=1e-5,
    )
    two = keras.losses.BinaryCrossentropy(True, smoothing, reduction="none")
    np.testing.assert_allclose(
        ours(LOGITS[:, :1], TARGETS % 2, label_smoothing=smoothing),
        two((TARGETS % 2)[:, None], LOGITS[:, :1]),
        rtol=1e-5,
    )


def test_focal_loss_is_that_of_keras_without_its_class_balance() -> None:
    two = keras.losses.BinaryFocalCrossentropy(gamma=1.5, from_logits=True, reduction="none")
    np.testing.assert_allclose(
        ours(LOGITS[:, :1], TARGETS % 2, name="focal", gamma=1.5),
        two((TARGETS % 2)[:, None], LOGITS[:, :1]),
        rtol=1e-4,
    )
    many = keras.losses.CategoricalFocalCrossentropy(1.0, 2.0, True, reduction="none")
    np.testing.assert_allclose(
        ours(LOGITS, TARGETS, name="focal", gamma=2.0), many(np.eye(4)[TARGETS], LOGITS), rtol=1e-4
    )


@pytest.mark.parametrize("name", ["cross-entropy", "focal"])
def test_a_certain_answer_gives_a_finite_loss(name: str) -> None:
    sure = np.array([[200.0, 0, 0, -200]], np.float32)
    assert np.isfinite(ours(sure, np.array([3]), name=name)).all()
    assert np.isfinite(ours(sure[:, :1], np.array([0]), name=name)).all()
    assert ours(sure, np.array([0]), name=name)[0] == pytest.approx(0, abs=1e-6)


def test_schedules_take_the_shapes_they_are_called_after() -> None:
    def rates(**schedule: object) -> list[float]:
        shape = Schedule(**schedule)
        return [schedules.rate(shape, 1.0, epoch, 10, 0) for epoch in (0, 1, 5, 10)]

    assert rates() == [1, 1, 1, 1]
    assert rates(name="cosine") == pytest.approx([1, 0.97553, 0.5, 0], abs=1e-5)
    warm = rates(name="cosine", warmup_epochs=2, minimum=0.1)
    assert 0 < warm[0] < 0.01
    assert warm[1] == 0.5
    assert warm[3] == pytest.approx(0.1)
    halved = [schedules.rate(Schedule("plateau"), 1.0, 3, 10, cuts) for cuts in (0, 1, 2)]
    assert halved == [1, 0.5, 0.25]
    floor = Schedule("plateau", minimum=0.3)
    assert schedules.rate(floor, 1.0, 3, 10, 2) == 0.3


def config(**changes: object) -> TrainConfig:
    return TrainConfig(dataset="x", **changes)


def test_plateau_cuts_after_three_epochs_without_gain_and_then_waits_again() -> None:
    chosen = config(schedule=Schedule("plateau"))
    watch = Watch.of(chosen)
    losses = [1.0, 0.9, 0.95, 0.91, 0.9, 0.99, 0.99, 0.99, 0.5]
    cuts = []
    for epoch, loss in enumerate(losses, 1):
        watch.see(epoch, {"validation_loss": loss, "validation_auc": 0.5}, chosen)
        cuts.append(watch.cuts)
    assert cuts == [0, 0, 0, 0, 1, 1, 1, 2, 2]


def test_early_stopping_waits_its_patience_and_best_is_remembered() -> None:
    chosen = config(early_stopping=EarlyStopping(2, "validation_auc", 0.01), best="validation_auc")
    watch = Watch.of(chosen)
    seen = [
        watch.see(epoch, {"validation_auc": value, "validation_loss": 1.0}, chosen)
        for epoch, value in enumerate([0.6, 0.7, 0.705, 0.702], 1)
    ]
    assert seen == [(True, False), (True, False), (True, False), (False, True)]
    assert watch.best_epoch == 3


def test_of_equal_epochs_the_one_with_less_loss_is_best() -> None:
    chosen = config()
    watch = Watch.of(chosen)
    for epoch, loss in enumerate([0.9, 0.5, 0.6], 1):
        watch.see(epoch, {"validation_auc": 1.0, "validation_loss": loss}, chosen)
    assert watch.best_epoch == 2


def test_what_is_not_a_number_is_no_gain() -> None:
    gain = Gain("auc")
    assert not gain.improved({"auc": float("nan")})
    assert gain.improved({"auc": 0.4})
    assert not gain.improved({"auc": float("nan")})
    assert gain.value == 0.4


def test_memory_of_a_run_survives_being_written_down() -> None:
    chosen = config(early_stopping=EarlyStopping(5))
    watch = Watch.of(chosen)
    for epoch in range(4):
        watch.see(epoch, {"validation_auc": 0.5 + epoch / 10, "validation_loss": 1}, chosen)
    assert Watch.from_dict(watch.to_dict()) == watch


def test_epoch_figures_are_those_of_scikit_learn() -> None:
    classes = ("normal", "benign", "benign_without_callback", "malignant")
    found = epoch_figures.figures(LOGITS, TARGETS, classes)
    shares = np.exp(epoch_figures.log_probabilities(LOGITS))
    answers = shares.argmax(axis=1)
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(TARGETS, answers))
    expected = metrics.roc_auc_score(TARGETS, shares, multi_class="ovr", average="macro")
    assert found["auc"] == pytest.approx(expected)
    assert found["sensitivity"] == pytest.approx(metrics.recall_score(TARGETS == 3, answers == 3))
    assert found["specificity"] == pytest.approx(metrics.recall_score(TARGETS != 3, answers != 3))


def test_auc_counts_ties_as_half_and_is_undefined_with_one_class() -> None:
    scores, truth = np.array([0.1, 0.5, 0.5, 0.9]), np.array([False, True, False, True])
    assert epoch_figures.auc(scores, truth) == pytest.approx(metrics.roc_auc_score(truth, scores))
    assert np.isnan(epoch_figures.auc(scores, np.ones(4, bool)))


def test_auc_of_very_sure_answers_is_not_blurred_by_rounding() -> None:
    logits = np.array([[40.0], [60.0], [50.0], [70.0]], np.float32)
    found = epoch_figures.figures(logits, np.array([0, 1, 0, 1]), ("no", "yes"))
    assert found["auc"] == 1.0
