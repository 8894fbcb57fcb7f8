"""A patch classifier's weights go on learning inside a whole-image network."""

from pathlib import Path

import numpy as np
import pytest

from core.domain.models import HeadConfig, ModelConfig
from core.errors import ConfigError
from core.models.branches import plan
from core.models.factory import assemble, build
from core.models.fully_convolutional import convert
from core.models.loading import load_model
from core.models.split import split
from core.models.stages import freeze

CLASSES = ("normal", "benign", "malignant")
HEAD = {"pooling": "flatten", "dense": [16], "dropout": 0.2, "feature_dropout": 0.0, "l2": 0.0}
PATCH = {"name": "patch_cnn", "height": 50, "width": 50, "classes": list(CLASSES), "head": HEAD}
MAX = HeadConfig(pooling="max")


def config(weights: str | None = None, **more) -> ModelConfig:
    given = {"head": MAX, "options": {"patch": PATCH}, **more}
    return ModelConfig("patch_to_whole", 130, 98, CLASSES, weights=weights, **given)


@pytest.fixture
def patch_file(tmp_path: Path) -> Path:
    head = HeadConfig(**{**HEAD, "dense": (16,)})
    model = build(ModelConfig("patch_cnn", 50, 50, CLASSES, head=head), seed=8)
    model.set_weights([weights * 1.5 for weights in model.get_weights()])
    model.save(tmp_path / "patch.keras")
    return tmp_path / "patch.keras"


def image(count: int = 2) -> np.ndarray:
    return np.random.default_rng(3).random((count, 130, 98, 1), np.float32)


def test_it_begins_as_the_patch_classifiers_map(patch_file: Path, tmp_path: Path) -> None:
    built = assemble(config(str(patch_file)), seed=1)
    assert "layers were taken from" in built.notes[0]
    assert built.explanation_layer == "class_map"
    trunk, head = split(built.model, "class_map")
    maps = np.asarray(trunk(image()))
    np.testing.assert_allclose(maps, convert(load_model(patch_file))(image()), atol=1e-6)
    most = maps.max(axis=(1, 2))
    assert (np.asarray(head(maps)).argmax(axis=1) == most.argmax(axis=1)).all()
    built.model.save(tmp_path / "whole.keras")
    again = assemble(config(str(tmp_path / "whole.keras")), seed=2).model
    np.testing.assert_allclose(again(image()), built.model(image()), atol=1e-6)


def test_its_head_learns_first_and_then_all_of_it(patch_file: Path) -> None:
    model = assemble(config(str(patch_file)), seed=1).model
    assert freeze(model, "head").parameters == 12
    everything = freeze(model, "all").parameters
    assert everything == model.count_params() > 10_000
    assert freeze(model, "patch_conv4").parameters < everything


def test_its_branches_are_those_of_the_patch_classifier() -> None:
    (branch,) = plan(config("run:whatever"))
    assert (branch.spec.name, branch.weights) == ("patch_cnn", None)


def test_what_does_not_fit_is_said(patch_file: Path) -> None:
    other = {**PATCH, "head": {**HEAD, "dense": [7]}}
    with pytest.raises(ConfigError, match="another network than the one described"):
        build(config(str(patch_file), options={"patch": other}))
    with pytest.raises(ConfigError, match="at least as large as a patch, 50×50"):
        build(ModelConfig("patch_to_whole", 48, 98, CLASSES, options={"patch": PATCH}))
    with pytest.raises(ConfigError, match="no option 'depth'"):
        build(config(options={"depth": 3}))
    with pytest.raises(ConfigError, match="describes no network"):
        build(config(options={"patch": {"colour": "blue"}}))
    assert "random weights" in assemble(config()).notes[0]
