"""Features kept on disk train the same head as features computed anew, and are never stale."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import paths
from core.datasets.prepared import PreparedDataset
from core.domain.training import Augmentation, TrainConfig
from core.models.factory import build
from core.models.stages import freeze
from core.training import data, feature_cache, network
from core.training.network import Network
from core.training.run_folder import RunFolder

Configure = Callable[..., TrainConfig]

HEAD = {
    "epochs": 3,
    "stages": [{"train": "head"}],
    "model.head.dropout": 0.3,
    "model.head.dense": [8],
}


def cached_files() -> list[Path]:
    return sorted(paths.cache().glob("features/*/features.npy"))


@pytest.mark.parametrize(
    "augmentation",
    [{}, {"flip": True, "rotation": 10, "copies": 2}],
    ids=["plain", "two-fixed-copies"],
)
def test_training_on_kept_features_equals_computing_them_anew(
    augmentation: dict[str, object], trainer: object, configure: Configure
) -> None:
    """The network has the batch normalisation that must keep still."""
    common = {**HEAD, "augmentation": augmentation}
    kept = trainer.start(configure("custom_cnn_bn", **common))
    assert len(cached_files()) == (2 if augmentation else 1)
    anew = trainer.start(configure("custom_cnn_bn", feature_cache=False, **common))
    for one, other in zip(kept.checkpoint().variables, anew.checkpoint().variables, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=2e-5)
    for row, same in zip(kept.history(), anew.history(), strict=True):
        assert row == pytest.approx(same, rel=1e-3, abs=1e-5)


def test_features_are_computed_once(trainer: object, configure: Configure) -> None:
    trainer.start(configure("custom_cnn_bn", **HEAD))
    (file,) = cached_files()
    before = file.stat()
    trainer.start(configure("custom_cnn_bn", **{**HEAD, "optimizer": "sgd"}))
    (same,) = cached_files()
    assert same.stat().st_mtime_ns == before.st_mtime_ns
    assert np.load(same).shape == (96, 256)


@pytest.fixture
def frozen(dataset: PreparedDataset, configure: Configure) -> tuple[Network, TrainConfig]:
    config = configure()
    model = build(config.model, seed=0)
    freeze(model, "head")
    return network.divide(model), config


def test_whatever_changes_the_features_changes_the_key(
    frozen: tuple[Network, TrainConfig], dataset: PreparedDataset, tmp_path: Path
) -> None:
    divided, config = frozen
    data.store_split(dataset, "default", tmp_path)
    known = data.load(dataset, tmp_path)

    def key(config: TrainConfig = config, spots: data.RunData = known, **changes: object) -> str:
        return feature_cache.key(config, Augmentation(**changes), divided, spots)

    first = key()
    assert key() == first == key(replace(config, seed=9, batch_size=4, epochs=50))
    other_spec = replace(dataset.info, spec=replace(dataset.info.spec, name="other"))
    other_pixels = replace(dataset.info, checksums={"images.npy": "another"})
    keys = [
        first,
        key(replace(config, precision="mixed_bfloat16")),
        key(rotation=5, copies=2),
        key(rotation=5, copies=3),
        key(replace(config, seed=9), rotation=5, copies=2),
        key(spots=replace(known, dataset=replace(dataset, info=other_spec))),
        key(spots=replace(known, dataset=replace(dataset, info=other_pixels))),
    ]
    divided.trunk.weights[0].assign(divided.trunk.weights[0] + 1e-6)
    keys.append(key())
    assert len(set(keys)) == len(keys)


def test_features_that_would_fill_the_disk_are_not_kept(
    trainer: object, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_cache, "FREE_SHARE", 0.0)
    trained = trainer.start(configure("custom_cnn_bn", **{**HEAD, "epochs": 1}))
    assert not cached_files()
    assert any("computed anew" in note for note in trained.folder.status().notes)


def test_images_drawn_anew_each_epoch_have_no_features_to_keep(
    frozen: tuple[Network, TrainConfig],
) -> None:
    divided, config = frozen
    assert feature_cache.suits(config, divided)
    lively = replace(config, augmentation=Augmentation(flip=True))
    assert not feature_cache.suits(lively, divided)
    fixed = replace(config, augmentation=Augmentation(flip=True, copies=3))
    assert feature_cache.suits(fixed, divided)
    assert not feature_cache.suits(replace(config, feature_cache=False), divided)


@pytest.mark.parametrize("model", ["mobilenet_v2", "custom_cnn", "custom_cnn_bn"])
def test_the_divided_network_is_the_whole_one(
    model: str, configure: Configure, trainer: object
) -> None:
    config = configure(model)
    built = build(config.model, seed=0)
    images = np.random.default_rng(0).uniform(size=(3, 32, 32, 1)).astype(np.float32)
    expected = built.get_layer("logits").output
    import keras

    whole = keras.Model(built.inputs[0], expected)(images, training=False)
    for train in ("head", "last-1", "all"):
        freeze(built, train)
        divided = network.divide(built)
        crossing = images if divided.trunk is None else divided.trunk(images, training=True)
        found = divided.head(crossing, training=False)
        # Even asked to train, a settled trunk gives what inference gives.
        np.testing.assert_allclose(found, whole, rtol=1e-4, atol=1e-5)


def test_a_stage_in_which_nothing_learns_is_refused(configure: Configure, trainer: object) -> None:
    from core.errors import ConfigError

    built = build(configure().model, seed=0)
    built.trainable = False
    with pytest.raises(ConfigError, match="No layer"):
        network.divide(built)


def test_a_run_elsewhere_is_not_disturbed_by_a_half_made_cache(
    trainer: object, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    config = configure("custom_cnn_bn", **HEAD)
    with monkeypatch.context() as broken:
        broken.setattr(feature_cache, "_compute", fail)
        with pytest.raises(OSError, match="No space"):
            trainer.start(config)
    assert not list((paths.cache() / "features").iterdir())
    assert isinstance(trainer.start(config).folder, RunFolder)
