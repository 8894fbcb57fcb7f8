"""The map of a view is of what its breast's answer rests on, and of nothing else."""

import numpy as np
import pytest

from core.domain.cases import Case, Metadata, Side, View
from core.domain.models import ModelConfig, SequenceConfig
from core.explanation.sequence_maps import Seen, SequenceExplainer
from core.models import sequence
from core.models.catalogue import explanation_layer
from core.models.context import ContextEncoder
from core.models.views import batch

SIZE = 48
NETWORK = ModelConfig("custom_cnn_bn", SIZE, SIZE, ("negative", "cancer"))
CODE = ContextEncoder.fit([Metadata(50), Metadata(60)])
CONFIG = SequenceConfig(NETWORK, CODE.width, slots=4, units=8)
LEFT_CC, LEFT_MLO, RIGHT_CC = 0, 1, 2  # as they are put in order


@pytest.fixture(scope="module")
def model():
    return sequence.build(CONFIG, seed=1)


@pytest.fixture(scope="module")
def explainer(model) -> SequenceExplainer:
    return SequenceExplainer(model, explanation_layer(NETWORK))


def exam(replaced: int = -1) -> dict[str, np.ndarray]:
    known = ((Side.LEFT, View.CC), (Side.LEFT, View.MLO), (Side.RIGHT, View.CC))
    views = []
    for place, (side, view) in enumerate(known):
        draws = np.random.default_rng(place + 10 * (place == replaced))
        case = Case(f"{place}", "p", "", "x", None, side, view)
        views.append((case, draws.random((SIZE, SIZE), np.float32)))
    return batch([views], CONFIG, CODE)


def spoken(found: Seen) -> np.ndarray:
    """How much there is in the map of each breast and slot, either way."""
    return np.abs(found.maps[0]).sum(axis=(2, 3))


def test_its_answer_is_the_models_and_its_features_are_of_each_view(model, explainer) -> None:
    found = explainer(exam())
    answer = 1 / (1 + np.exp(-found.logits))
    np.testing.assert_allclose(answer, model(exam())["breast"], rtol=1e-5)
    assert found.features.shape[:2] == (1, 4)
    assert not np.allclose(found.features[0, 0], found.features[0, 1])


def test_a_breast_is_explained_by_its_own_views_alone(explainer) -> None:
    left, right = spoken(explainer(exam()))
    assert (left[[LEFT_CC, LEFT_MLO]] > 0).all()
    assert right[RIGHT_CC] > 0
    assert (left[[RIGHT_CC, 3]] == 0).all()
    assert (right[[LEFT_CC, LEFT_MLO, 3]] == 0).all()


def test_another_picture_in_one_view_changes_mostly_its_map(explainer) -> None:
    before, after = (explainer(exam(replaced)).maps[0] for replaced in (-1, LEFT_MLO))
    change = np.abs(after - before).sum(axis=(2, 3)) / np.abs(before).sum(axis=(2, 3)).clip(1e-9)
    assert change[0, LEFT_MLO] > 2 * change[0, LEFT_CC]
    assert change[1, RIGHT_CC] == 0


def test_the_map_is_the_gradient_of_the_breasts_logit(model, explainer) -> None:
    """By hand: the mean gradient of each channel weighs that channel."""
    import keras
    import tensorflow as tf

    from core.models.split import split

    inputs = exam()
    trunk, head = split(model, explanation_layer(NETWORK))
    maps, *others = keras.tree.flatten(trunk([inputs[t.name] for t in model.inputs]))
    with tf.GradientTape() as tape:
        tape.watch(maps)
        score = head([maps, *others])[0, 0]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
    wanted = tf.reduce_sum(weights * maps, axis=-1)
    np.testing.assert_allclose(explainer(inputs).maps[0, 0], wanted, rtol=1e-3, atol=1e-6)
