"""Settings typed by hand: what is wrong is refused in words, before any work."""

import dataclasses
import json
from collections.abc import Callable

import pytest

from core import paths
from core.datasets.prepared import PreparedDataset
from core.datasets.recipes import data_plan
from core.domain.training import TrainConfig
from core.errors import ConfigError, NotFound
from core.models import catalogue
from core.training import recipe_page
from core.training.config import nested, parse, resolve
from core.training.recipe import RECIPES

WRONG = [
    ("epochs=0", "at least 1"),
    ("epochs=1.5", "whole number"),
    ("epochs=many", "whole number"),
    ("epoch=3", "Did you mean 'epochs'"),
    ("batch_size=true", "whole number"),
    ("learning_rate=-1", "above 0"),
    ("learning_rate=NaN", "a number"),
    ("learning_rate=Infinity", "a number"),
    ("optimizer=adamx", "adam, adamw, sgd, adagrad"),
    ("schedule=linear", "constant, cosine, plateau"),
    ("schedule.metric=auc_of_roc", "validation_auc"),
    ("loss.label_smoothing=1", "at most 0.9"),
    ("class_weights=heavy", "balanced"),
    ('class_weights={"cancer": 2}', "each class"),
    ("augmentation.rotation=ten", "a number"),
    ("augmentation.spin=10", "There is no setting 'spin'"),
    ("augmentation=3", "an object"),
    ("stages=head", "a list"),
    ('stages=[{"train": ""}]', "'head'"),
    ('stages=[{"epochs": 0}]', "at least 1"),
    ("best=auroc", "validation_auc"),
    ("precision=float16", "mixed_bfloat16"),
    ("backend=mxnet", "tensorflow, jax, torch"),
    ("seed=-1", "at least 0"),
    ("model.head.dropout=2", "dropout"),
    ("model.depth=3", "There is no setting 'depth'"),
    ("model.height=512", "follows from the dataset"),
    ("model.stem=magic", "replicate, convolution"),
    ("epochs", "key=value"),
    ("=3", "key=value"),
]


@pytest.mark.parametrize(("assignment", "words"), WRONG)
def test_wrong_settings_are_refused_with_what_is_allowed(
    assignment: str, words: str, dataset: PreparedDataset
) -> None:
    with pytest.raises(ConfigError) as refusal:
        resolve(dataset, settings=parse([assignment]))
    assert words in str(refusal.value)


def test_what_is_unknown_is_named(dataset: PreparedDataset) -> None:
    with pytest.raises(NotFound, match="no recipe 'z'"):
        resolve(dataset, recipe="z")
    with pytest.raises(NotFound, match="resnet"):
        resolve(dataset, model="resnet5000")


def test_dotted_settings_words_and_json_mean_what_they_say(dataset: PreparedDataset) -> None:
    config = resolve(
        dataset,
        model="custom_cnn_bn",
        settings=parse(
            [
                "schedule=cosine",
                "schedule.warmup_epochs=1",
                "loss=focal",
                "augmentation.flip=true",
                "class_weights=balanced",
                "model.head.dropout=0.2",
                'stages=[{"train": "head", "epochs": 2}, {"train": "all"}]',
                "epochs=7",
            ]
        ),
    )
    assert (config.schedule.name, config.schedule.warmup_epochs) == ("cosine", 1)
    assert config.loss.name == "focal"
    assert config.augmentation.flip
    assert config.model.name == "custom_cnn_bn"
    assert config.model.head.dropout == 0.2
    assert [leg.epochs for leg in config.legs] == [2, 7]
    assert config.total_epochs == 9
    assert (config.model.height, config.model.classes) == (32, ("benign", "malignant"))


def test_a_configuration_survives_json(configure: Callable[..., TrainConfig]) -> None:
    config = configure(stages=[{"train": "head"}], class_weights={"benign": 1, "malignant": 2})
    assert TrainConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_a_setting_overrides_the_recipe_and_a_model_replaces_its_model(
    dataset: PreparedDataset,
) -> None:
    recipe = resolve(dataset, recipe="d-four-class")
    assert recipe.model.name == "custom_cnn"
    assert recipe.augmentation.rotation == 10
    changed = resolve(
        dataset, recipe="d-four-class", model="custom_cnn_bn", settings={"augmentation.rotation": 3}
    )
    assert changed.model.name == "custom_cnn_bn"
    assert changed.augmentation == dataclasses.replace(recipe.augmentation, rotation=3)
    own_head = resolve(dataset, model="custom_cnn_bn").model.head
    assert changed.model.head == own_head != recipe.model.head


def test_contradicting_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match="contradicts"):
        nested({"epochs": 3, "epochs.more": 2})


@pytest.mark.parametrize("name", RECIPES.names())
def test_every_recipe_is_a_valid_configuration(
    name: str, make_dataset: Callable[..., object]
) -> None:
    recipe = RECIPES.load(name)
    assert recipe.name == name
    assert recipe.keeps
    assert all(departure.what and departure.why for departure in recipe.departs)
    config = resolve(make_dataset(size=64), recipe=name)
    assert config.recipe == name
    data_plan(recipe.data)
    weights = config.model.weights
    assert weights is None or weights in catalogue.listing(config.model.name).pretrained


def test_the_page_of_recipes_is_up_to_date() -> None:
    written = (paths.ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert written == recipe_page.page(), "python -m core recipes --page > docs/recipes.md"
    for name in RECIPES.names():
        assert f"`{name}`" in written
