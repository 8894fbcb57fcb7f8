"""What learns and what rests, stage by stage."""

import numpy as np
import pytest

from core.domain.models import HeadConfig, ModelConfig
from core.errors import ConfigError
from core.models import stages
from core.models.factory import build
from core.models.loading import load_model
from core.models.split import split


@pytest.fixture
def model():
    head = HeadConfig(dense=(8,), feature_dropout=0.2, dropout=0.5)
    return build(ModelConfig("custom_cnn_bn", 32, 32, ("a", "b"), head=head), seed=1)


def learning(model) -> list[str]:
    return [layer.name for layer in model.layers if layer.trainable_weights]


def test_each_stage_leaves_the_layers_it_names_to_learn(model) -> None:
    stages.freeze(model, "head")
    assert learning(model) == ["dense_1", "logits"]
    stages.freeze(model, "last-1")
    assert learning(model) == ["norm4", "dense_1", "logits"]
    stages.freeze(model, "last-3")
    assert learning(model) == ["norm3", "conv4", "norm4", "dense_1", "logits"]
    stages.freeze(model, "conv2, norm4")
    assert learning(model) == ["conv2", "norm4", "dense_1", "logits"]
    done = stages.freeze(model, "all")
    assert done.layers == 10
    assert done.parameters == model.count_params() - 2 * (32 + 64 + 128 + 256)


def test_a_block_does_not_take_along_another_whose_name_begins_alike() -> None:
    config = ModelConfig("mobilenet_v2", 32, 32, ("a", "b"), options={"alpha": 0.35})
    model = build(config)
    stages.freeze(model, "block_1")
    assert {name.rpartition("_")[0] for name in learning(model) if name != "logits"} == {
        "block_1",
        "block_1_depthwise",
        "block_1_expand",
        "block_1_project",
    }
    assert {"block_1", "block_16"} <= set(stages.blocks(model))


def test_frozen_dropout_rests_and_the_heads_does_not(model) -> None:
    images = np.random.default_rng(1).random((2, 32, 32, 1), np.float32)
    stages.freeze(model, "head")
    features, head = split(model, "pool4")
    np.testing.assert_array_equal(features(images, training=True), features(images))
    answers = [np.asarray(head(features(images), training=True)) for _ in range(2)]
    assert not np.array_equal(*answers)


def test_training_moves_no_frozen_layer(model) -> None:
    stages.freeze(model, "head")
    model.compile("sgd", "binary_crossentropy")
    before = {layer.name: layer.get_weights() for layer in model.layers}
    images = np.random.default_rng(1).random((8, 32, 32, 1), np.float32)
    model.fit(images, np.arange(8) % 2, epochs=1, verbose=0)
    moved = [
        layer.name
        for layer in model.layers
        if any((a != b).any() for a, b in zip(layer.get_weights(), before[layer.name], strict=True))
    ]
    assert moved == ["dense_1", "logits"]


def test_what_is_frozen_stays_frozen_in_the_file(model, tmp_path) -> None:
    stages.freeze(model, "last-1")
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    assert learning(again) == learning(model)
    stages.freeze(again, "all")
    assert again.get_layer("dropout").trainable


def test_drop_path_of_frozen_blocks_rests() -> None:
    options = {"depth": 2, "drop_path": 0.9}
    model = build(ModelConfig("vit_tiny", 32, 32, ("a", "b"), options=options), seed=1)
    images = np.random.default_rng(1).random((4, 32, 32, 1), np.float32)
    features, _ = split(model, "pooled_features")
    assert not np.array_equal(features(images, training=True), features(images))
    stages.freeze(model, "head")
    np.testing.assert_array_equal(features(images, training=True), features(images))


def test_unknown_blocks_and_foreign_models_are_named(model) -> None:
    import keras

    with pytest.raises(ConfigError, match=r"No layers are called 'conv9'.*conv1, norm1"):
        stages.freeze(model, "conv9")
    with pytest.raises(ConfigError, match="No layers are called ''"):
        stages.freeze(model, "")
    inputs = keras.Input((2,))
    with pytest.raises(ConfigError, match="pooled_features"):
        stages.freeze(keras.Model(inputs, keras.layers.Dense(1)(inputs)), "head")
