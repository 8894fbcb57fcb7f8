"""Grad-CAM as it is shown live equals the reference implementation, class by class."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.models import HeadConfig, ModelConfig
from core.errors import ConfigError, InputError
from core.explanation.gradcam import Explainer
from core.models.factory import assemble
from core.models.split import split

SIZE = 64


def noise(count: int = 2, size: int = SIZE) -> NDArray[np.float32]:
    return np.random.default_rng(3).random((count, size, size, 1), np.float32)


def reference(model, layer: str, batch: NDArray[np.float32], target: int) -> NDArray[np.float32]:
    """The map of tf-keras-vis, with a linear last activation as it needs."""
    import keras
    from tf_keras_vis.gradcam import Gradcam

    logits = keras.Model(model.inputs, model.get_layer("logits").output)
    sign = 1 if logits.output_shape[-1] > 1 or target == 1 else -1
    place = target if logits.output_shape[-1] > 1 else 0
    maps = Gradcam(logits, clone=False)(
        lambda output: sign * output[:, place],
        batch,
        penultimate_layer=layer,
        seek_penultimate_conv_layer=False,
        expand_cam=False,
        normalize_cam=False,
    )
    return np.asarray(maps)


@pytest.mark.parametrize(
    ("name", "classes", "head"),
    [
        ("custom_cnn", 4, HeadConfig(dense=(16,), dropout=0.5)),
        ("custom_cnn_bn", 2, HeadConfig()),
        ("patch_cnn", 3, HeadConfig(pooling="flatten", dense=(32,))),
        ("efficientnet_b0", 2, HeadConfig()),
    ],
)
def test_maps_equal_the_reference(name: str, classes: int, head: HeadConfig) -> None:
    config = ModelConfig(name, SIZE, SIZE, tuple("abcd"[:classes]), head=head)
    built = assemble(config, seed=5)
    explain = Explainer(built.model, built.explanation_layer)
    spoken = 0
    for target in range(classes):
        ours = explain(noise(), target).maps
        theirs = reference(built.model, built.explanation_layer, noise(), target)
        peak = theirs.max()
        spoken += peak > 0
        np.testing.assert_allclose(ours / (peak or 1), theirs / (peak or 1), atol=1e-4)
    assert spoken > 0


def test_a_saturated_sigmoid_still_has_a_map() -> None:
    built = assemble(ModelConfig("custom_cnn", SIZE, SIZE, ("a", "b")), seed=5)
    built.model.get_layer("logits").bias.assign([60.0])
    result = Explainer(built.model, built.explanation_layer)(noise())
    assert result.probabilities[0, 1] == 1
    assert result.maps.max() > 0


def test_logits_and_probabilities_are_the_models_own() -> None:
    for classes in (("a", "b"), ("a", "b", "c")):
        built = assemble(ModelConfig("custom_cnn", SIZE, SIZE, classes), seed=5)
        result = Explainer(built.model, built.explanation_layer)(noise())
        assert result.logits.shape == (2, 1 if len(classes) == 2 else 3)
        expected = built.model.predict(noise(), verbose=0)
        np.testing.assert_allclose(result.probabilities[:, -expected.shape[1] :], expected, 1e-5)


def test_without_a_target_the_likeliest_class_of_each_image_is_explained() -> None:
    built = assemble(ModelConfig("custom_cnn", SIZE, SIZE, ("a", "b", "c")), seed=5)
    explain = Explainer(built.model, built.explanation_layer)
    best = int(explain(noise()).logits[0].argmax())
    np.testing.assert_array_equal(explain(noise()).maps[0], explain(noise(), best).maps[0])
    assert not np.array_equal(explain(noise()).maps[0], explain(noise(), (best + 1) % 3).maps[0])


def test_a_layer_inside_a_skip_connection_can_be_explained() -> None:
    built = assemble(ModelConfig("resnet50", 32, 32, ("a", "b")), seed=5)
    layer = "conv4_block3_2_conv"
    trunk, _ = split(built.model, layer)
    assert len(trunk.outputs) == 2
    ours = Explainer(built.model, layer)(noise(size=32), 1).maps
    theirs = reference(built.model, layer, noise(size=32), 1)
    np.testing.assert_allclose(ours / theirs.max(), theirs / theirs.max(), atol=1e-4)


def test_a_model_that_computes_in_half_precision_is_explained_in_full() -> None:
    import keras

    config = ModelConfig("custom_cnn", SIZE, SIZE, ("a", "b"))
    exact = assemble(config, seed=5)
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        rough = assemble(config, seed=5)
    finally:
        keras.config.set_dtype_policy("float32")
    wanted, got = (Explainer(b.model, b.explanation_layer)(noise(), 1).maps for b in (exact, rough))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, wanted, atol=0.05 * wanted.max())


def test_wrong_layers_inputs_and_classes_are_named() -> None:
    model = assemble(ModelConfig("custom_cnn", SIZE, SIZE, ("a", "b")), seed=5).model
    with pytest.raises(ConfigError, match="no layer 'conv9'"):
        Explainer(model, "conv9")
    with pytest.raises(ConfigError, match="no maps"):
        Explainer(model, "pooled_features")
    explain = Explainer(model, "conv4")
    with pytest.raises(InputError, match="batch of images"):
        explain(noise(size=32))
    with pytest.raises(InputError, match="class 2"):
        explain(noise(), 2)
