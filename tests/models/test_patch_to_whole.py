"""A patch classifier answers for every place of a whole image, as it would for each patch."""

import numpy as np
import pytest

from core.domain.models import HeadConfig, ModelConfig
from core.errors import ConfigError, InputError
from core.models.factory import build
from core.models.fully_convolutional import convert, is_exact, stride_of
from core.models.loading import load_model
from core.models.patch_to_whole import ClassMap, class_map, deviation

FLAT = HeadConfig(pooling="flatten", dense=(32,), dropout=0.2)


def patch_model(padding: str = "same", head: HeadConfig = FLAT, classes: int = 3):
    names = ("normal", "benign", "malignant")[:classes]
    config = ModelConfig("patch_cnn", 50, 50, names, head=head, options={"padding": padding})
    model = build(config, seed=4)
    # Small random kernels give nearly equal answers; larger ones tell a wrong tile apart.
    model.set_weights([weights * 1.6 for weights in model.get_weights()])
    return model


def picture(height: int = 130, width: int = 117) -> np.ndarray:
    return np.random.default_rng(2).random((height, width), np.float32)


@pytest.mark.parametrize("head", [FLAT, HeadConfig(), HeadConfig(pooling="max", dense=(8, 4))])
@pytest.mark.parametrize("stride", [16, 8, 12, 40])
def test_without_padding_the_fast_map_is_the_exact_one(head: HeadConfig, stride: int) -> None:
    model = patch_model("valid", head)
    assert is_exact(model)
    exact = class_map(model, picture(), stride=stride)
    fast = class_map(model, picture(), stride=stride, mode="fast")
    assert exact.values.shape == ((130 - 50) // stride + 1, (117 - 50) // stride + 1, 3)
    assert np.ptp(exact.values, axis=(0, 1)).max() > 1e-3
    np.testing.assert_allclose(fast.values, exact.values, atol=2e-6)


def test_each_entry_is_the_patch_models_answer_for_its_tile() -> None:
    model, image = patch_model(), picture()
    made = class_map(model, image, stride=25, batch=3)
    tile = image[50:100, 25:75][None, ..., None]
    np.testing.assert_allclose(made.values[2, 1], model(tile)[0], atol=1e-6)


def test_with_padding_the_deviation_is_reported_not_hidden() -> None:
    model = patch_model("same")
    assert not is_exact(model)
    found = deviation(model, picture(), stride=16)
    assert 0 < found.mean < found.largest < 1
    assert 0 < found.agreement <= 1
    assert deviation(patch_model("valid"), picture(), stride=16).largest < 2e-6


def test_one_output_becomes_two_classes() -> None:
    made = class_map(patch_model(classes=2), picture(), stride=50)
    assert made.values.shape[-1] == 2
    np.testing.assert_allclose(made.values.sum(axis=-1), 1, atol=1e-6)


def test_a_residual_network_keeps_its_answer_for_a_single_patch() -> None:
    model = build(ModelConfig("resnet50", 64, 64, ("a", "b", "c")), seed=4)
    whole = convert(model)
    assert stride_of(whole) == (32, 32)
    image = picture(64, 64)[None, ..., None]
    np.testing.assert_allclose(whole(image)[0, 0, 0], model(image)[0], atol=1e-6)


def test_networks_that_see_the_whole_patch_at_once_keep_the_exact_mode() -> None:
    model = build(ModelConfig("vit_tiny", 32, 32, ("a", "b"), options={"depth": 1}), seed=4)
    with pytest.raises(ConfigError, match="exact mode"):
        class_map(model, picture(64, 64), mode="fast")
    assert class_map(model, picture(64, 64)).values.shape == (3, 3, 2)


def test_the_whole_image_model_is_saved_and_reloaded_the_same(tmp_path) -> None:
    whole = convert(patch_model("valid"))
    whole.save(tmp_path / "whole.keras")
    image = picture()[None, ..., None]
    np.testing.assert_array_equal(load_model(tmp_path / "whole.keras")(image), whole(image))


def test_on_the_image_each_pixel_is_the_mean_of_the_tiles_over_it() -> None:
    values = np.zeros((2, 2, 1), np.float32)
    values[0, 0], values[1, 1] = 1.0, 0.5
    spread = ClassMap(values, patch=(4, 4), stride=2).on_image(8, 7)
    assert spread.shape == (8, 7, 1)
    assert spread[0, 0, 0] == 1  # one tile
    assert spread[2, 2, 0] == pytest.approx(0.375)  # four tiles
    assert spread[5, 5, 0] == 0.5
    assert spread[7, 6, 0] == 0  # no tile


def test_too_small_an_image_and_a_wrong_stride_are_named() -> None:
    model = patch_model()
    with pytest.raises(InputError, match="at least 50×50"):
        class_map(model, picture(40, 60))
    with pytest.raises(ConfigError, match="stride"):
        class_map(model, picture(), stride=0)
