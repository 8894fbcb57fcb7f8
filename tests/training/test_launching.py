"""A run is put together, said again as a command, refused with a remedy, and copied exactly."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.__main__ import parser
from core.datasets.prepared import PreparedDataset
from core.domain.training import TrainConfig
from core.errors import ConfigError, InputError, NotFound
from core.services import (
    estimate,
    first_batch,
    launching,
    preflight,
    presets,
    setting_fields,
    suggesting,
    weights_at_hand,
)
from core.services.commands import train as train_command
from core.services.launching import Draft
from core.training import devices, trial
from core.training.devices import Gpu
from core.training.recipe import RECIPES

Configure = Callable[..., TrainConfig]


def from_command_line(words: list[str]) -> TrainConfig:
    return launching.configure(train_command.draft(parser("train").parse_args(words)))


CHANGES: list[dict[str, Any]] = [
    {},
    {"epochs": 3, "learning_rate": 1e-5, "augmentation.flip": True, "title": "A first try, '5'"},
    {"schedule.name": "cosine", "schedule.warmup_epochs": 1, "model.head.dense": [64, 8]},
    {"stages": [{"train": "head", "epochs": 2}, {"train": "last-20", "learning_rate": 1e-5}]},
    {"class_weights": {"benign": 1, "malignant": 2.5}, "title": "true", "seed": 7},
    {"sequence": {"slots": 4}, "model.stem": "convolution", "devices": ["gpu:1"], "gpus": 1},
    {"sequence": None, "model.weights": None, "title": " -x=y "},
]


@pytest.mark.parametrize("recipe", ["", *RECIPES.names()])
def test_the_command_line_shown_starts_exactly_this_run(
    make_dataset: Callable[..., PreparedDataset], recipe: str
) -> None:
    make_dataset(size=64)
    for changes in CHANGES:
        wished = Draft("spots", recipe, settings=changes)
        config = launching.configure(wished)
        assert from_command_line(launching.command(wished)) == config
        copy = launching.draft_of(config)
        assert launching.configure(copy) == config
        assert from_command_line(launching.command(copy)) == config


def test_a_copy_says_only_what_differs_from_the_recipe(dataset: PreparedDataset) -> None:
    config = launching.configure(Draft("spots", "d-four-class", settings={"epochs": 3}))
    assert launching.draft_of(config) == Draft("spots", "d-four-class", settings={"epochs": 3})
    other = launching.configure(Draft("spots", "d-four-class", "vgg16"))
    assert launching.draft_of(other) == Draft("spots", "d-four-class", "vgg16")


def test_an_option_taken_away_by_hand_survives_copying(dataset: PreparedDataset) -> None:
    config = launching.configure(Draft("spots", "c-context"))
    bare = replace(config, model=replace(config.model, options={}))
    assert launching.configure(launching.draft_of(bare)) == replace(bare, recipe="")


def test_any_settings_are_accepted_or_refused_in_words(dataset: PreparedDataset) -> None:
    """Nonsense of every kind, in every field; what passes can be copied and said again."""
    draw = random.Random(5)
    accepted = 0
    for _ in range(400):
        recipe = draw.choice(["", *RECIPES.names()])
        config = _accepted(Draft("spots", recipe, settings=_nonsense(draw)))
        if config is None:
            continue
        accepted += 1
        preflight.obstacles(config)
        assert TrainConfig.from_dict(config.to_dict()) == config
        assert from_command_line(launching.command(launching.draft_of(config))) == config
    assert accepted > 20


def _accepted(wished: Draft) -> TrainConfig | None:
    """Any other fault than a refusal of the input fails the test."""
    try:
        return launching.configure(wished)
    except InputError:
        return None


def _nonsense(draw: random.Random) -> dict[str, Any]:
    fields = list(setting_fields.settings().values())
    chosen = draw.sample(fields, draw.choice([1, 1, 2, 4]))
    return {one.key: _value(draw, one) for one in chosen}


def _value(draw: random.Random, field: setting_fields.Setting) -> Any:
    sensible: list[Any] = [*field.choices, field.low, field.high, 1, 2, 0.5, True]
    strange = [-1, 0, 10**12, 1e308, float("nan"), "", "x", [], [1], {}, {"a": 1}, None, "ä\n"]
    return draw.choice(sensible if draw.random() < 0.6 else strange)


def test_every_setting_is_on_the_page_with_a_line_of_help(configure: Configure) -> None:
    known = setting_fields.settings()
    shown = [one.key for group in setting_fields.GROUPS for one in setting_fields.in_group(group)]
    assert sorted(shown) == sorted(set(known) - set(setting_fields.APART))
    assert set(launching.leaves(configure())) <= set(known)
    assert not [key for key, one in known.items() if not one.help or not one.title]
    values = launching.values(configure(), Draft("spots", settings={"sequence": {"slots": 3}}))
    assert values["sequence.slots"] == 3
    assert not setting_fields.matters("momentum", values, "custom_cnn")
    assert setting_fields.matters("momentum", {**values, "optimizer": "sgd"}, "custom_cnn")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(weights_at_hand, "_reachable", lambda _moment: False)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"batch_size": 64}, "more than the 48 training images"),
        ({"backend": "torch"}, "not installed"),
        ({"precision": "mixed_float16"}, "seven times slower"),
        ({"devices": ["gpu:9"]}, "not on this machine"),
        ({"schedule.warmup_epochs": 5, "epochs": 2}, "still be rising"),
        ({"class_weights": {"benign": 0, "malignant": 0}}, "weight 0"),
        ({"model.weights": "imagenet", "model.name": "resnet50"}, "cannot be reached"),
        ({"model.weights": "run:none"}, "no run"),
        ({"model.weights": "/no/such.h5"}, "no weights file"),
    ],
)
def test_what_would_fail_is_refused_with_a_remedy_that_helps(
    dataset: PreparedDataset,
    offline: None,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, Any],
    words: str,
) -> None:
    monkeypatch.setattr(devices, "installed", lambda backend: backend == "tensorflow")
    wished = Draft("spots", settings=settings)
    config = launching.configure(wished)
    found = [one for one in preflight.obstacles(config) if words in one.sentence]
    assert len(found) == 1
    with pytest.raises(ConfigError):
        preflight.refuse(config)
    mended = replace(wished, settings={**settings, **found[0].settings})
    assert found[0].remedy
    assert preflight.obstacles(launching.configure(mended)) == []


def test_sizes_datasets_splits_and_parts_are_checked(
    dataset: PreparedDataset, make_dataset: Callable[..., PreparedDataset]
) -> None:
    config = launching.configure(Draft("spots"))
    assert preflight.obstacles(config) == []
    small = replace(config, model=replace(config.model, name="maxvit_nano"))
    assert "at least 64×64 pixels" in preflight.obstacles(small)[0].sentence
    other = replace(config, model=replace(config.model, height=64))
    assert "other images" in preflight.obstacles(other)[0].sentence
    for gone in (replace(config, dataset="gone"), replace(config, split="gone")):
        assert "gone" in preflight.obstacles(gone)[0].sentence
    four = make_dataset("four", classes=("normal", "benign", "a", "malignant"))
    with pytest.raises(ConfigError, match="two"):
        launching.configure(Draft(four.info.name, settings={"sequence": {}}))


def test_views_that_nobody_named_cannot_be_read_together(dataset: PreparedDataset) -> None:
    blind = dataset.index.assign(view=None)
    blind.to_parquet(dataset.path / "index.parquet", index=False)
    found = preflight.obstacles(launching.configure(Draft("spots", settings={"sequence": {}})))
    assert "does not say" in found[0].sentence
    assert found[0].settings == {"sequence": None}


def test_a_measure_that_cannot_be_taken_chooses_no_epoch(dataset: PreparedDataset) -> None:
    table = dataset.split_table("default")
    ill = dataset.index["class"].eq("malignant").to_numpy()
    table.loc[ill & table["part"].eq("validation").to_numpy(), "part"] = "train"
    table.to_parquet(dataset.path / "splits" / "default.parquet", index=False)
    wished = Draft("spots")
    found = preflight.obstacles(launching.configure(wished))
    assert ["malignant" in one.sentence for one in found] == [True]
    mended = replace(wished, settings=found[0].settings)
    assert launching.configure(mended).best == "validation_loss"
    assert preflight.obstacles(launching.configure(mended)) == []


def test_a_gpu_that_the_backend_cannot_use_names_the_command(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "gpus", lambda: [Gpu(n, "test", 80.0) for n in range(2)])
    monkeypatch.setattr(devices, "_tensorflow_sees", lambda: False)
    assert preflight.obstacles(configure()) == []
    assert "tensorflow[and-cuda]" in devices.idle_gpu(configure())
    found = preflight.obstacles(configure(devices=["gpu:1"]))
    assert "tensorflow[and-cuda]" in found[0].sentence
    assert preflight.obstacles(configure(**found[0].settings)) == []
    monkeypatch.setattr(devices, "_tensorflow_sees", lambda: True)
    assert devices.idle_gpu(configure()) == ""
    shared = preflight.obstacles(configure(gpus=2, batch_size=15))
    assert shared[0].settings == {"batch_size": 14}


def test_fetched_weights_are_recognised_by_their_files(tmp_path: Path, offline: None) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5").touch()
    assert weights_at_hand.at_hand("resnet50_v2")
    assert not weights_at_hand.at_hand("resnet50")


def test_what_to_train_first_can_start_at_once(
    make_dataset: Callable[..., PreparedDataset], offline: None
) -> None:
    few = make_dataset("few", images=16)
    found = suggesting.draft(few.info.name)
    config = launching.configure(found)
    assert preflight.obstacles(config) == []
    assert config.batch_size == 8


def test_presets_are_kept_listed_and_deleted(configure: Configure) -> None:
    config = configure(epochs=3)
    presets.save("quick", config)
    assert presets.names() == ["quick"]
    assert presets.load("quick") == config
    with pytest.raises(ConfigError, match="already"):
        presets.save("quick", config)
    with pytest.raises(ConfigError, match="Allowed"):
        presets.save("../away", config)
    assert from_command_line(["train", "--preset", "quick", "--set", "epochs=4"]).epochs == 4
    presets.delete("quick")
    with pytest.raises(NotFound, match="none yet"):
        presets.load("quick")


def test_the_first_batch_shown_is_the_one_that_is_fed(
    configure: Configure, trainer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.training.steps import tensorflow

    fed: list[np.ndarray] = []
    step = tensorflow.TensorFlowEngine.train

    def spy(self: Any, batch: Any, rate: float) -> object:
        if not fed:
            images = self._images(tensorflow._constant(batch.inputs), tensorflow._draws(batch))
            fed.append(np.asarray(images)[..., 0])
        return step(self, batch, rate)

    monkeypatch.setattr(tensorflow.TensorFlowEngine, "train", spy)
    chosen = {"augmentation.rotation": 20.0, "augmentation.brightness": 0.2}
    config = configure(epochs=1, leakage_check=False, **chosen)
    shown = first_batch.pictures(config)
    trainer.start(config, steps=1)
    assert len(shown) == config.batch_size
    np.testing.assert_allclose(np.stack([one.as_fed for one in shown]), fed[0], atol=1e-5)
    assert not np.allclose(shown[0].as_fed, shown[0].as_prepared)


def test_the_first_batch_of_patients_shows_their_views(configure: Configure) -> None:
    shown = first_batch.pictures(configure(**{"sequence.slots": 2, "batch_size": 4}))
    assert [one.image_id[0] for one in shown] == ["p"] * len(shown)
    assert len(shown) == 8


def test_cost_is_measured_once_for_all_numbers_of_epochs(
    configure: Configure, trainer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    short, long = configure(epochs=2), configure(epochs=200, learning_rate=1e-4)
    assert estimate.known(short) is None
    monkeypatch.setattr(estimate, "prepare_environment", lambda _: None)
    first = estimate.measured(short)
    assert first.seconds > 0
    assert first.memory_bytes > 1e8
    assert first.parameters > 1000
    monkeypatch.setattr(trial, "measure", None)
    second = estimate.known(long)
    assert second is not None
    assert second.seconds_an_epoch == first.seconds_an_epoch
    rest = 198 * first.seconds_an_epoch
    assert second.seconds == pytest.approx(first.seconds + rest, abs=0.01 * 200 + 0.2)
    assert estimate.known(configure(batch_size=8)) is None


def test_a_command_without_a_dataset_says_what_to_give(workspace: Path) -> None:
    with pytest.raises(ConfigError, match="--dataset NAME"):
        from_command_line(["train"])
