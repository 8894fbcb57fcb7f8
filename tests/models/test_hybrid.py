"""Backbones side by side: their features, their names, and one map for all of them."""

import numpy as np
import pytest

from core.domain.models import HeadConfig, ModelConfig
from core.errors import ConfigError
from core.explanation.gradcam import Explainer
from core.models import stages
from core.models.factory import assemble
from core.models.layers import AreaResampling
from core.models.split import cut, split

PAIR = ("benign", "malignant")


def picture(size: int) -> np.ndarray:
    return np.random.default_rng(1).random((2, size, size, 1), np.float32)


@pytest.fixture(scope="module")
def built():
    """Small branches with grids of 2, 4 and 5 cells."""
    return assemble(
        ModelConfig(
            "hybrid",
            64,
            64,
            PAIR,
            backbones=("mobilenet_v2", "vit_tiny", "custom_cnn"),
            stem="convolution",
            head=HeadConfig(dense=(32, 16, 8)),
            options={"mobilenet_v2": {"alpha": 0.35}, "vit_tiny": {"depth": 1}},
        ),
        seed=3,
    )


def test_merged_maps_pool_to_the_branches_features_side_by_side(built) -> None:
    merged, _ = split(built.model, "pooled_features")
    ends = ("mobilenet_v2_out_relu", "vit_tiny_token_grid", "custom_cnn_pool4")
    maps = [np.asarray(split(built.model, end)[0](picture(64))[0]) for end in ends]
    assert [m.shape[1] for m in maps] == [2, 4, 3]
    apart = np.concatenate([m.mean((1, 2)) for m in maps], axis=-1)
    np.testing.assert_allclose(merged(picture(64)), apart, rtol=1e-4, atol=1e-6)


def test_the_merged_maps_are_what_is_explained(built) -> None:
    assert built.explanation_layer == "merged_features"
    explain = Explainer(built.model, built.explanation_layer)
    maps = [explain(picture(64), target).maps for target in (0, 1)]
    assert maps[0].shape == (2, 2, 2)
    assert max(m.max() for m in maps) > 0


def test_one_branch_can_be_explained_alone(built) -> None:
    explain = Explainer(built.model, "custom_cnn_conv4")
    assert max(explain(picture(64), target).maps.max() for target in (0, 1)) > 0


def test_names_tell_the_branches_apart(built) -> None:
    names = [operation.name for operation in built.model.operations]
    assert len(names) == len(set(names))
    own = [n for n in names if n.startswith(("mobilenet_v2_", "vit_tiny_", "custom_cnn_"))]
    assert {"image", "grey_to_colour", "merged_features", "logits"} <= set(names) - set(own)


def test_three_dense_layers_follow(built) -> None:
    assert [built.model.get_layer(f"dense_{n}").units for n in (1, 2, 3)] == [32, 16, 8]


def test_freezing_the_last_layers_means_those_of_every_branch(built) -> None:
    try:
        stages.freeze(built.model, "last-1")
        learning = {layer.name for layer in built.model.layers if layer.trainable_weights}
    finally:
        stages.freeze(built.model, "all")
    assert {"mobilenet_v2_Conv_1_bn", "vit_tiny_norm", "custom_cnn_conv4", "dense_1"} <= learning
    assert not {"mobilenet_v2_Conv_1", "custom_cnn_conv3", "grey_to_colour"} & learning


def test_a_model_cut_where_its_input_passes_by_can_still_be_saved(tmp_path) -> None:
    config = ModelConfig("hybrid", 32, 32, PAIR, ("custom_cnn", "custom_cnn_bn"))
    model = assemble(config).model
    trunk, head = split(model, "custom_cnn_bn_pool4", until="probability")
    passed = [model.get_layer("custom_cnn_bn_pool4").output, model.inputs[0]]
    with_input = cut(model, passed, model.output)
    answers = [h(t(picture(32))) for t, h in ((trunk, head), with_input)]
    np.testing.assert_array_equal(*answers)
    model.save(tmp_path / "model.keras")


def test_options_of_a_backbone_that_is_not_joined_are_refused() -> None:
    config = ModelConfig("hybrid", 64, 64, PAIR, ("vgg16", "custom_cnn"), options={"alpha": 1})
    with pytest.raises(ConfigError, match="keyed by backbone"):
        assemble(config)


@pytest.mark.slow
def test_the_hybrid_of_system_a_joins_networks_that_share_names() -> None:
    config = ModelConfig("hybrid", 64, 64, PAIR, stem="convolution")
    model = assemble(config).model
    shapes = [t.shape[1:] for t in model.get_layer("merged_features").input]
    assert shapes == [(2, 2, 1024), (2, 2, 2048)]
    names = {layer.name for layer in model.layers}
    assert {"densenet121_conv1_bn", "resnet50_conv1_bn"} <= names


@pytest.mark.parametrize(("old", "new"), [((5, 7), (2, 3)), ((2, 3), (5, 4)), ((6, 6), (3, 2))])
def test_resampling_keeps_the_mean(old: tuple, new: tuple) -> None:
    maps = np.random.default_rng(1).random((1, *old, 3), np.float32)
    resampled = np.asarray(AreaResampling(*new)(maps))
    assert resampled.shape == (1, *new, 3)
    np.testing.assert_allclose(resampled.mean((1, 2)), maps.mean((1, 2)), rtol=1e-5)


def test_resampling_by_a_whole_factor_averages_blocks() -> None:
    maps = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    blocks = maps.reshape(1, 2, 2, 2, 2, 1).mean((2, 4))
    np.testing.assert_allclose(AreaResampling(2, 2)(maps), blocks, rtol=1e-6)
