"""A model's description becomes the network it describes."""

import random

import numpy as np
import pytest

from core.domain.models import HeadConfig, ModelConfig
from core.errors import ConfigError, NotFound
from core.models import catalogue, stem
from core.models.factory import assemble, build
from core.models.split import split

PAIR = ("negative", "cancer")


def picture(size: int, count: int = 2) -> np.ndarray:
    return np.random.default_rng(1).random((count, size, size, 1), np.float32)


def layers_of(model) -> dict:
    return {layer.name: layer for layer in model.layers}


def test_the_network_of_system_d_is_as_described() -> None:
    listing = catalogue.listing("custom_cnn")
    four = ("normal", "benign", "benign_without_callback", "malignant")
    model = build(ModelConfig("custom_cnn", 244, 244, four, head=listing.head))
    found = layers_of(model)
    assert model.input_shape == (None, 244, 244, 1)
    assert [found[f"conv{n}"].filters for n in (1, 2, 3, 4)] == [32, 64, 128, 258]
    assert [found[f"pool{n}"].pool_size for n in (1, 2, 3, 4)] == [(2, 2)] + 3 * [(3, 3)]
    assert found["feature_dropout"].rate == 0.3
    assert found["dense_1"].units == 64
    assert float(found["dense_1"].kernel_regularizer.l2) == pytest.approx(0.001)
    assert found["dropout"].rate == 0.5
    assert found["probability"].activation.__name__ == "softmax"
    order = [layer.name for layer in model.layers]
    ending = "feature_dropout pooled_features dense_1 dropout logits probability"
    assert order[-6:] == ending.split()


def test_the_network_of_system_e_has_the_published_shapes_and_parameters() -> None:
    config = ModelConfig("patch_cnn", 50, 50, ("normal", "benign", "malignant"))
    config = ModelConfig(**{**vars(config), "head": catalogue.listing("patch_cnn").head})
    found = layers_of(build(config))
    assert [found[f"pool{n}"].output.shape[1] for n in (1, 2, 3, 4)] == [25, 12, 5, 2]
    counts = [found[f"conv{n}"].count_params() for n in (1, 2, 3, 4)]
    assert counts == [896, 18_496, 73_856, 147_584]
    assert found["pooled_features"].output.shape == (None, 512)


def test_both_sizes_of_mobilenet_v3_are_explained_at_the_same_layer() -> None:
    sizes = {}
    for variant in ("small", "large"):
        config = ModelConfig("mobilenet_v3", 64, 64, PAIR, options={"variant": variant})
        built = assemble(config)
        trunk, _ = split(built.model, built.explanation_layer, until="pooled_features")
        assert built.model.get_layer("pooled_features").input is trunk.outputs[0]
        sizes[variant] = trunk.count_params()
    assert sizes == {"small": 939_120, "large": 2_996_352}


def test_two_classes_share_a_sigmoid_and_more_have_a_softmax() -> None:
    for classes, outputs, activation in ((PAIR, 1, "sigmoid"), (("a", "b", "c"), 3, "softmax")):
        model = build(ModelConfig("custom_cnn", 32, 32, classes))
        assert model.output_shape == (None, outputs)
        assert model.get_layer("probability").activation.__name__ == activation
        assert model.get_layer("logits").activation.__name__ == "linear"


def test_the_same_seed_draws_the_same_weights_and_leaves_other_draws_alone() -> None:
    config = ModelConfig("mobilenet_v2", 32, 32, PAIR, head=HeadConfig(dense=(4,), dropout=0.5))
    random.seed(11)
    first = build(config, seed=3)
    drawn = random.random()
    again, other = build(config, seed=3), build(config, seed=4)
    random.seed(11)
    assert random.random() == drawn
    assert [o.name for o in first.operations] == [o.name for o in again.operations]
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(
        first.get_layer("Conv1").get_weights()[0], other.get_layer("Conv1").get_weights()[0]
    )


@pytest.mark.parametrize("expects", sorted(stem.SCALES))
def test_grey_reaches_the_backbone_on_the_scale_its_weights_expect(expects: str) -> None:
    from dataclasses import replace

    import keras
    from keras.applications import imagenet_utils

    spec = replace(catalogue.BACKBONES.load("resnet50"), expects=expects)
    image = keras.Input((8, 8, 1))
    model = keras.Model(image, stem.normalised(stem.to_colour(image, "replicate"), spec))
    grey = picture(8)
    got = np.asarray(model(grey))
    colour = np.repeat(grey, 3, axis=-1)
    mode = {"imagenet-caffe": "caffe", "imagenet-torch": "torch", "minus-one-one": "tf"}
    if expects in mode:
        wanted = imagenet_utils.preprocess_input(colour * 255, mode=mode[expects])
    else:
        wanted = colour * (255 if expects == "0-255" else 1)
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-4)


def test_the_convolution_stem_starts_as_a_copy_so_features_survive_it() -> None:
    plain = assemble(ModelConfig("mobilenet_v2", 64, 64, PAIR), seed=2)
    stemmed = assemble(ModelConfig("mobilenet_v2", 64, 64, PAIR, stem="convolution"), seed=2)
    stem_layer = stemmed.model.get_layer(stem.COLOUR)
    assert [w.shape for w in stem_layer.get_weights()] == [(3, 3, 1, 3), (3,)]
    assert stem_layer.trainable_weights
    by_name = layers_of(plain.model)
    for layer in stemmed.model.layers:
        if layer.name != stem.COLOUR:
            layer.set_weights(by_name[layer.name].get_weights())
    features = [split(b.model, "pooled_features")[0](picture(64)) for b in (plain, stemmed)]
    np.testing.assert_allclose(*features, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("pooling", ["average", "max", "gem", "flatten"])
def test_pooling_does_what_it_says(pooling: str) -> None:
    model = build(ModelConfig("custom_cnn", 48, 48, PAIR, head=HeadConfig(pooling=pooling)))
    maps, _ = split(model, "pool4")
    pooled, _ = split(model, "pooled_features")
    seen, got = np.asarray(maps(picture(48))), np.asarray(pooled(picture(48)))
    expected = {
        "average": seen.mean((1, 2)),
        "max": seen.max((1, 2)),
        "gem": (np.maximum(seen, 1e-6) ** 3).mean((1, 2)) ** (1 / 3),
        "flatten": seen.reshape(2, -1),
    }
    np.testing.assert_allclose(got, expected[pooling], rtol=1e-4, atol=1e-7)


def test_a_penalty_without_dense_layers_weighs_the_last_one() -> None:
    alone = build(ModelConfig("custom_cnn", 32, 32, PAIR, head=HeadConfig(l2=0.01)))
    assert alone.get_layer("logits").kernel_regularizer is not None
    dense = build(ModelConfig("custom_cnn", 32, 32, PAIR, head=HeadConfig(l2=0.01, dense=(4,))))
    assert dense.get_layer("logits").kernel_regularizer is None
    assert len(dense.losses) == 1


def test_probabilities_stay_in_full_precision_when_the_rest_does_not() -> None:
    import keras

    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = build(ModelConfig("custom_cnn", 32, 32, PAIR, head=HeadConfig(pooling="gem")))
    finally:
        keras.config.set_dtype_policy("float32")
    assert model.get_layer("conv4").compute_dtype == "bfloat16"
    assert model(picture(32)).dtype == "float32"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "resnet9000"}, "no backbone 'resnet9000'"),
        ({"classes": ("a",)}, "two or more different classes"),
        ({"classes": ("a", "a")}, "two or more different classes"),
        ({"height": 16}, "at least 32×32"),
        ({"name": "vit_tiny", "height": 72}, "steps of 16"),
        ({"backbones": ("vgg16",)}, "Only a hybrid"),
        ({"name": "hybrid", "backbones": ("vgg16",)}, "two or more different backbones"),
        ({"name": "hybrid", "backbones": ("vgg16", "vgg16")}, "two or more different backbones"),
        ({"name": "resnet50", "stem": "paint"}, "no stem 'paint'"),
        ({"head": HeadConfig(pooling="median")}, "no pooling 'median'"),
        ({"head": HeadConfig(dropout=1.0)}, "dropout is from 0"),
        ({"head": HeadConfig(feature_dropout=-0.1)}, "feature dropout is from 0"),
        ({"head": HeadConfig(dense=(0,))}, "1 or more units"),
        ({"head": HeadConfig(l2=-1)}, "L2 penalty"),
        ({"name": "patch_cnn", "options": {"padding": "odd"}}, "'same' or 'valid'"),
        ({"name": "vit_tiny", "options": {"width": 30}}, "ViT-Ti/16 cannot be built with"),
        ({"name": "mobilenet_v2", "options": {"alpha": "wide"}}, "MobileNetV2 cannot be built"),
        (
            {"name": "mobilenet_v2", "options": {"alpha": 0.6}, "weights": "imagenet"},
            "alpha",
        ),
        ({"name": "mobilenet_v3", "options": {"variant": "huge"}}, "'small' or 'large'"),
    ],
)
def test_what_cannot_be_built_is_said_in_a_sentence(change: dict, message: str) -> None:
    config = {"name": "custom_cnn", "height": 64, "width": 64, "classes": PAIR, **change}
    with pytest.raises((ConfigError, NotFound), match=message):
        build(ModelConfig(**config))


def test_the_catalogue_lists_every_model_with_what_a_menu_needs() -> None:
    assert catalogue.names()[-1] == "hybrid"
    listed = {listing.name: listing for listing in catalogue.listings()}
    assert list(listed) == catalogue.names()
    assert {"custom_cnn", "vgg16", "resnet50_v2", "densenet121", "vit_tiny"} <= set(listed)
    assert listed["densenet121"].pretrained == ("imagenet",)
    assert listed["vit_tiny"].pretrained == ()
    assert all(listing.title and listing.summary for listing in listed.values())
