"""What every registered backbone owes: adding the file brings it under these tests."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.domain.models import ModelConfig
from core.errors import ConfigError
from core.explanation.gradcam import Explainer
from core.models import stages
from core.models.catalogue import BACKBONES
from core.models.factory import Built, assemble
from core.models.loading import load_model
from core.models.split import split

NAMES = BACKBONES.names()
every_backbone = pytest.mark.parametrize("name", NAMES)
# Their tables of relative positions grow with the image.
GROWS_WITH_SIZE = {"maxvit_nano"}

Backbones = Callable[[str], Built]


def batch(built: Built, images: Callable[[int], np.ndarray]) -> np.ndarray:
    return images(built.model.input_shape[1])


def test_reading_the_specs_imports_no_deep_learning_library() -> None:
    code = (
        "import sys; from core.models import catalogue, factory, stages, loading\n"
        "import core.explanation.gradcam\n"
        "assert len(catalogue.listings()) > 10\n"
        "print([m for m in ('keras', 'tensorflow', 'torch', 'jax') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@every_backbone
def test_the_file_names_its_entry(name: str) -> None:
    spec = BACKBONES.load(name)
    assert spec.name == name
    assert spec.builder == f"core.models.backbones.{name}:build"
    assert BACKBONES.entry(name).summary
    assert spec.default_size % spec.size_multiple == spec.min_size % spec.size_multiple == 0


@every_backbone
def test_it_builds_and_predicts(name: str, backbone: Backbones, images: Callable) -> None:
    built = backbone(name)
    inputs = batch(built, images)
    assert inputs.shape[1:] == built.model.input_shape[1:]
    names = [layer.name for layer in built.model.layers]
    assert names[-2:] == ["logits", "probability"]
    trunk, head = split(built.model, "pooled_features", until="probability")
    features = trunk(inputs)
    answers = np.asarray(head(features))
    assert answers.shape == (2, 1)
    assert np.all((answers > 0) & (answers < 1))
    assert not np.allclose(features[0], features[1], rtol=1e-3, atol=0)


@every_backbone
def test_it_has_the_blocks_it_says(name: str, backbone: Backbones) -> None:
    assert list(BACKBONES.load(name).blocks) == stages.blocks(backbone(name).model)


@every_backbone
def test_it_has_the_parameters_it_says(name: str, backbone: Backbones) -> None:
    spec = BACKBONES.load(name)
    if name in GROWS_WITH_SIZE:
        size = spec.default_size
        model = assemble(ModelConfig(name, size, size, ("a", "b"))).model
    else:
        model = backbone(name).model
    trunk, _ = split(model, "pooled_features")
    assert trunk.count_params() == spec.parameters


@every_backbone
def test_the_gradient_reaches_the_first_layer(
    name: str, backbone: Backbones, images: Callable
) -> None:
    import tensorflow as tf

    model = backbone(name).model
    first = next(layer for layer in model.layers if layer.trainable_weights)
    with tf.GradientTape() as tape:
        answer = tf.reduce_sum(model(batch(backbone(name), images)[:1], training=False))
    gradient = tape.gradient(answer, first.trainable_weights[0].value)
    assert np.abs(gradient).max() > 0


@every_backbone
def test_it_is_saved_and_reloaded_the_same(
    name: str, backbone: Backbones, images: Callable, tmp_path: Path
) -> None:
    built, file = backbone(name), tmp_path / "model.keras"
    built.model.save(file)
    again = load_model(file)
    inputs = batch(built, images)
    np.testing.assert_array_equal(again(inputs), built.model(inputs))
    assert [o.name for o in again.operations] == [o.name for o in built.model.operations]


@every_backbone
def test_its_explanation_layer_shows_something(
    name: str, backbone: Backbones, images: Callable
) -> None:
    built = backbone(name)
    explain = Explainer(built.model, built.explanation_layer)
    both = [explain(batch(built, images), target).maps for target in (0, 1)]
    assert both[0].shape[1] > 1
    assert all(np.isfinite(maps).all() and maps.min() >= 0 for maps in both)
    assert max(maps.max() for maps in both) > 0


@every_backbone
def test_frozen_it_computes_in_training_what_it_computes_in_use(
    name: str, backbone: Backbones, images: Callable
) -> None:
    built, inputs = backbone(name), batch(backbone(name), images)
    trunk, _ = split(built.model, "pooled_features")
    statistics = trunk.non_trainable_weights
    before = [w.numpy() for w in statistics]
    try:
        assert stages.freeze(built.model, "head").layers == 1
        np.testing.assert_array_equal(trunk(inputs, training=True), trunk(inputs, training=False))
    finally:
        stages.freeze(built.model, "all")
    for was, now in zip(before, statistics, strict=True):
        np.testing.assert_array_equal(was, now)


@every_backbone
def test_too_small_an_image_is_refused_in_words(name: str) -> None:
    spec = BACKBONES.load(name)
    with pytest.raises(ConfigError, match="at least"):
        assemble(ModelConfig(name, spec.min_size - spec.size_multiple, 4096, ("a", "b")))


@every_backbone
def test_an_unknown_option_is_refused_in_words(name: str) -> None:
    size = BACKBONES.load(name).default_size
    with pytest.raises(ConfigError, match="no option 'sharpness'"):
        assemble(ModelConfig(name, size, size, ("a", "b"), options={"sharpness": 1}))
