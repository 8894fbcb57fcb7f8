"""A running mean of the weights, and how fast batch normalisation follows."""

from collections.abc import Callable

import numpy as np
import pytest

from core.domain.training import TrainConfig

BETA = 0.5


@pytest.fixture(scope="module")
def keras() -> object:
    import keras

    return keras


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_within_weights_are_their_running_mean_and_afterwards_what_was_learned(
    precision: str, keras: object, configure: Callable[..., TrainConfig]
) -> None:
    from core.training import optimizers

    config = configure(optimizer="sgd", momentum=0.0, learning_rate=1.0, weight_average=BETA)
    optimizer = optimizers.make(config)
    if precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=1.0)
    weight = keras.Variable(np.float32(0.0))
    optimizer.build([weight])
    mean = None
    for slope in (-1.0, -2.0, -4.0):
        optimizer.apply([keras.ops.convert_to_tensor(np.float32(slope))], [weight])
        now = float(weight.value)
        mean = now if mean is None else BETA * mean + (1 - BETA) * now
    asked = Looked()
    with optimizers.averaged(optimizer, [weight], asked):
        assert float(weight.value) == pytest.approx(mean)
    assert float(weight.value) == pytest.approx(7.0)
    assert asked.said == ["settle", "look_again", "look_again"]


def test_without_a_mean_nothing_is_touched(
    keras: object, configure: Callable[..., TrainConfig]
) -> None:
    from core.training import optimizers

    optimizer, asked = optimizers.make(configure()), Looked()
    with optimizers.averaged(optimizer, [], asked):
        assert asked.said == []


def test_the_model_kept_is_the_mean_and_the_run_goes_on_from_what_it_learned(
    trainer: object, configure: Callable[..., TrainConfig]
) -> None:
    plain = trainer.start(configure(epochs=1))
    mean = trainer.start(configure(epochs=1, weight_average=0.9))
    # The mean never reaches into learning: the same steps, other weights to keep.
    for one, other in zip(plain.checkpoint().variables, mean.checkpoint().variables, strict=True):
        np.testing.assert_array_equal(one, other)
    pairs = zip(plain.checkpoint().best, mean.checkpoint().best, strict=True)
    assert not all(np.array_equal(one, other) for one, other in pairs)


def test_batch_normalisation_follows_at_the_pace_asked_for_also_within_another_model(
    keras: object,
) -> None:
    from core.models.stages import pace_norms

    inner = keras.Sequential([keras.Input((4,)), keras.layers.BatchNormalization(momentum=0.999)])
    outer = keras.Sequential([keras.Input((4,)), inner, keras.layers.BatchNormalization()])
    pace_norms(outer, 0.5)
    assert [layer.momentum for layer in (inner.layers[0], outer.layers[1])] == [0.5, 0.5]


class Looked:
    """An engine of which only the order of calls matters."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def settle(self) -> None:
        self.said.append("settle")

    def look_again(self) -> None:
        self.said.append("look_again")
