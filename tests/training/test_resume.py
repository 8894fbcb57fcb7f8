"""A run that was stopped and resumed is the run that never stopped."""

from collections.abc import Callable

import numpy as np
import pytest

from core.domain.training import TrainConfig

LIVELY = {
    "epochs": 3,
    "augmentation.rotation": 10,
    "augmentation.noise": 0.05,
    "sampling": "balanced",
    "optimizer": "adamw",
    "weight_average": 0.9,
    "schedule.name": "plateau",
    "schedule.patience": 1,
    "schedule.metric": "validation_sensitivity",
}
STAGED = {
    "epochs": 2,
    "stages": [{"train": "head"}, {"train": "last-1", "learning_rate": 1e-4}],
    "schedule.name": "cosine",
    "schedule.warmup_epochs": 1,
}


def assert_same(some: list[np.ndarray], others: list[np.ndarray]) -> None:
    assert len(some) == len(others) > 0
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("settings", "stops"),
    [(LIVELY, (2, 3)), (LIVELY, (4, 1)), (STAGED, (5,)), (STAGED, (7, 2))],
    ids=["in-epochs", "at-epoch-edges", "in-first-stage", "in-second-stage"],
)
def test_stopped_and_resumed_equals_unbroken(
    settings: dict[str, object],
    stops: tuple[int, ...],
    trainer: object,
    configure: Callable[..., TrainConfig],
) -> None:
    config = configure(**settings)
    whole = trainer.start(config)
    broken = trainer.start(config, steps=stops[0])
    assert not broken.done
    for steps in (*stops[1:], None):
        broken = trainer.go_on(broken.folder, steps)
    assert broken.done
    assert whole.done
    assert broken.history() == whole.history()
    one, other = broken.checkpoint(), whole.checkpoint()
    assert_same(one.variables, other.variables)
    assert_same(one.best, other.best)
    assert one.progress["watch"] == other.progress["watch"]
    assert one.progress["progress"] == other.progress["progress"]


def test_two_runs_with_one_seed_are_identical_and_with_another_are_not(
    trainer: object, configure: Callable[..., TrainConfig]
) -> None:
    first, second = (trainer.start(configure(epochs=1, seed=3)) for _ in range(2))
    other = trainer.start(configure(epochs=1, seed=4))
    assert_same(first.checkpoint().variables, second.checkpoint().variables)
    assert first.history() == second.history()
    assert first.history() != other.history()


def test_optimizer_and_dropout_states_are_restored(
    trainer: object, configure: Callable[..., TrainConfig]
) -> None:
    """The unbroken run's checkpoint in the middle equals the broken one's."""
    config = configure(epochs=2, optimizer="adam")
    whole = trainer.start(config, steps=5)
    broken = trainer.start(config, steps=2)
    broken = trainer.go_on(broken.folder, 3)
    one, other = broken.checkpoint(), whole.checkpoint()
    assert_same(one.optimizer, other.optimizer)
    assert_same(one.variables, other.variables)
    # The states of dropout's generators, the only whole numbers, are among them.
    assert {array.dtype.kind for array in one.variables} & {"i", "u"}
    assert_same(list(one.tally.values()), list(other.tally.values()))
