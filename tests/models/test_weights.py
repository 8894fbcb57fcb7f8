"""Where first weights come from, and what is said when they cannot be had."""

import socket
from pathlib import Path

import numpy as np
import pytest

from core.domain.models import HeadConfig, ModelConfig
from core.errors import ConfigError, NotFound
from core.models import loading
from core.models.factory import assemble, build
from core.models.loading import load_model
from core.models.split import split

PAIR = ("negative", "cancer")
MOBILE = {"alpha": 0.35}
REAL = "mobilenet_v2_035_imagenet_notop.weights.h5"


def grey(size: int) -> np.ndarray:
    return np.random.default_rng(1).random((2, size, size, 1), np.float32)


def small(name: str = "custom_cnn_bn", size: int = 32, **more) -> ModelConfig:
    return ModelConfig(name, size, size, PAIR, **more)


def saved_run(workspace: Path, config: ModelConfig, run: str = "r1"):
    model = build(config, seed=8)
    (workspace / "runs" / run).mkdir(parents=True)
    model.save(workspace / "runs" / run / "model.keras")
    return model


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    """The convolutions of system B's network, without a head."""
    trunk, _ = split(build(small(), seed=6), "pool4")
    trunk.save_weights(tmp_path / "own.weights.h5")
    return tmp_path / "own.weights.h5"


def test_a_file_that_keras_saved_fills_the_backbone(tmp_path: Path) -> None:
    import keras

    network = keras.applications.MobileNetV2((64, 64, 3), 0.35, include_top=False, weights=None)
    network.save_weights(tmp_path / "own.weights.h5")
    file = str(tmp_path / "own.weights.h5")
    built = assemble(small("mobilenet_v2", 64, options=MOBILE, weights=file))
    ours, _ = split(built.model, "out_relu")
    colour = np.repeat(grey(64), 3, axis=-1)
    np.testing.assert_allclose(ours(grey(64)), network(colour * 2 - 1), rtol=1e-4, atol=1e-6)
    assert built.notes == ("MobileNetV2: 104 layers were taken from own.weights.h5.",)


def test_a_hybrid_takes_a_file_for_each_backbone(own_file: Path) -> None:
    own = {"custom_cnn_bn": {"weights": str(own_file)}}
    built = assemble(small("hybrid", backbones=("custom_cnn_bn", "custom_cnn"), options=own))
    kernel = build(small(), seed=6).get_layer("conv3").get_weights()[0]
    got = built.model.get_layer("custom_cnn_bn_conv3").get_weights()[0]
    np.testing.assert_array_equal(got, kernel)
    assert len(built.notes) == 1


def test_a_file_of_the_whole_model_fills_head_and_all(tmp_path: Path) -> None:
    config = small(head=HeadConfig(dense=(4,)))
    model = build(config, seed=8)
    model.save_weights(tmp_path / "all.weights.h5")
    again = build(ModelConfig(**{**vars(config), "weights": str(tmp_path / "all.weights.h5")}))
    np.testing.assert_array_equal(again(grey(32)), model(grey(32)))


def test_an_earlier_run_gives_what_fits_and_says_how_much(workspace: Path) -> None:
    old = saved_run(workspace, small())
    built = assemble(small(size=48, weights="run:r1", head=HeadConfig(dense=(4,))))
    np.testing.assert_array_equal(
        built.model.get_layer("conv3").get_weights()[0], old.get_layer("conv3").get_weights()[0]
    )
    assert built.notes == (
        "8 of 10 layers were taken from run:r1. Newly initialised: dense_1, logits.",
    )


def test_a_patch_classifier_starts_a_whole_image_network(workspace: Path) -> None:
    flat = HeadConfig(pooling="flatten", dense=(16,))
    old = saved_run(workspace, small("patch_cnn", 50, head=flat))
    whole = build(small("patch_cnn", 128, weights="run:r1"))
    for name in ("conv1", "conv2", "conv3", "conv4"):
        np.testing.assert_array_equal(
            whole.get_layer(name).get_weights()[0], old.get_layer(name).get_weights()[0]
        )


def test_a_run_moves_between_a_single_network_and_a_branch(workspace: Path) -> None:
    wanted = saved_run(workspace, small(), "single").get_layer("conv3").get_weights()[0]
    own = {"custom_cnn_bn": {"weights": "run:single"}}
    hybrid = assemble(small("hybrid", backbones=("custom_cnn", "custom_cnn_bn"), options=own))
    got = hybrid.model.get_layer("custom_cnn_bn_conv3").get_weights()[0]
    np.testing.assert_array_equal(got, wanted)
    # Shapes of the other branch agree as well, but it was not asked for.
    other = hybrid.model.get_layer("custom_cnn_conv3").get_weights()[0]
    assert not np.array_equal(other, wanted)
    assert hybrid.notes[0].startswith("8 of 8 layers")
    hybrid.model.save(workspace / "both.keras")
    back = build(small(weights=str(workspace / "both.keras")))
    np.testing.assert_array_equal(back.get_layer("conv3").get_weights()[0], wanted)


def test_published_efficientnet_files_are_read_as_keras_means_them(tmp_path: Path) -> None:
    """They hold the standard deviation in place of the variance."""
    import keras

    network = keras.applications.EfficientNetB0(False, None, input_shape=(32, 32, 3))
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    norm = next(la for la in network.layers if type(la).__name__ == "Normalization")
    norm.set_weights([mean, deviation, np.array(1)])
    network.save_weights(tmp_path / "b0.weights.h5")
    built = assemble(small("efficientnet_b0", weights=str(tmp_path / "b0.weights.h5")))
    seen, _ = split(built.model, "normalization_1")
    wanted = (np.repeat(grey(32), 3, axis=-1) - mean) / deviation
    np.testing.assert_allclose(seen(grey(32)), wanted, rtol=1e-4, atol=1e-4)


def test_without_a_network_published_weights_end_in_three_choices(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket, "getaddrinfo", away)
    monkeypatch.setattr("keras.src.utils.file_utils.config.keras_home", lambda: str(tmp_path))
    with pytest.raises(ConfigError) as caught:
        build(small("mobilenet_v2", weights="imagenet"))
    text = str(caught.value)
    for choice in ("random initialisation", "weights file", "another backbone"):
        assert choice in text
    assert "\n" not in text
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("imagenet", "no published weights 'imagenet'"),
        ("imagnet", "no published weights 'imagnet'"),
        ("run:nothing", "no finished model"),
        ("run:../../etc", "named as run:<id>"),
        ("/nowhere/own.weights.h5", "no weights file"),
        ("own.pickle", "ends in"),
    ],
)
def test_weights_that_are_not_there_are_named(weights: str, message: str, workspace: Path) -> None:
    with pytest.raises((ConfigError, NotFound), match=message):
        build(small(weights=weights))


def test_a_file_of_another_shape_says_which_layer(own_file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        build(small("patch_cnn", 50, weights=str(own_file)))
    text = "layer conv4 has shape (3, 3, 128, 128), in the file (3, 3, 128, 256)"
    assert text in str(caught.value)


def test_a_file_with_less_than_the_network_needs_is_refused(tmp_path: Path) -> None:
    trunk, _ = split(build(small(), seed=6), "pool3")
    trunk.save_weights(tmp_path / "three.weights.h5")
    with pytest.raises(ConfigError, match="does not fit"):
        build(small(weights=str(tmp_path / "three.weights.h5")))


def test_a_damaged_or_foreign_file_is_refused(own_file: Path, tmp_path: Path) -> None:
    own_file.write_bytes(own_file.read_bytes()[:5000])
    with pytest.raises(ConfigError, match="does not fit"):
        build(small(weights=str(own_file)))
    nonsense = tmp_path / "notes.h5"
    nonsense.write_text("not weights at all")
    with pytest.raises(ConfigError, match="does not fit"):
        build(small(weights=str(nonsense)))


def test_a_run_with_nothing_in_common_is_refused(workspace: Path) -> None:
    saved_run(workspace, small("vit_tiny", options={"depth": 1, "width": 60}))
    with pytest.raises(ConfigError, match="no name and shape agree"):
        build(small("mobilenet_v2", head=HeadConfig(dense=(4,)), weights="run:r1"))


def test_models_come_in_only_as_keras_files_that_safe_mode_accepts(tmp_path: Path) -> None:
    import keras

    with pytest.raises(ConfigError, match=r"Only \.keras files"):
        load_model(tmp_path / "model.h5")
    with pytest.raises(NotFound, match="no model file"):
        load_model(tmp_path / "model.keras")
    (tmp_path / "broken.keras").write_bytes(b"PK nonsense")
    with pytest.raises(ConfigError, match="cannot be loaded in safe mode"):
        load_model(tmp_path / "broken.keras")
    inputs = keras.Input((2,))
    sly = keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs))
    sly.save(tmp_path / "sly.keras")
    with pytest.raises(ConfigError, match="cannot be loaded in safe mode"):
        load_model(tmp_path / "sly.keras")


def test_every_module_that_registers_layers_is_known_when_a_model_is_loaded() -> None:
    core = Path(loading.__file__).parents[1]
    registering = {
        ".".join(file.relative_to(core.parent).with_suffix("").parts)
        for file in core.rglob("*.py")
        if "\n@keras.saving.register_keras_serializable" in file.read_text(encoding="utf-8")
    }
    assert registering == set(loading.OUR_LAYERS)


def test_real_imagenet_weights_give_kerass_own_features(real_weights: Path) -> None:
    import keras

    if not (real_weights / REAL).is_file():
        pytest.skip(f"{REAL} is not among the published weights at hand")
    built = assemble(small("mobilenet_v2", 96, options=MOBILE, weights=str(real_weights / REAL)))
    network = keras.applications.MobileNetV2((96, 96, 3), 0.35, include_top=False, weights=None)
    network.load_weights(real_weights / REAL)
    ours, _ = split(built.model, "out_relu")
    theirs = network(np.repeat(grey(96), 3, axis=-1) * 2 - 1)
    assert np.asarray(theirs).std() > 0.1
    np.testing.assert_allclose(ours(grey(96)), theirs, rtol=1e-3, atol=1e-4)
