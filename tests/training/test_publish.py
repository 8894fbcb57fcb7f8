"""A published model says how good it is on images no choice was made on."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import paths
from core.datasets.prepared import PreparedDataset
from core.domain.card import ModelCard
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import ConfigError, InputError
from core.models.loading import load_model
from core.services import runs
from core.services.catalogue import bundle
from core.services.publish import publish
from core.training import reference
from core.training.reference import Reference

CLASSES = ("normal", "benign", "benign_without_callback", "malignant")


@pytest.fixture
def trained(trainer: object, make_dataset: Callable[..., PreparedDataset]) -> object:
    from core.training.config import resolve

    dataset = make_dataset("four", classes=CLASSES, images=160)
    settings = {"epochs": 2, "title": "Discs", "precision": "mixed_bfloat16"}
    return trainer.start(resolve(dataset, settings=settings))


def test_a_published_model_is_complete_and_honest(trained: object) -> None:
    document = publish(trained.folder.id, "discs")
    found = bundle("discs")
    card = found.card
    assert json.loads(json.dumps(document))["model"] == "discs"
    assert [item.name for item in card.classes] == list(CLASSES)
    assert card.classes[3].plain == "The model sees a finding that looks like cancer."
    assert card.operating_point.positive == ("malignant",)
    assert "validation" in card.operating_point.chosen_on
    assert card.measured_on.startswith("test part of four: 40 images of 20 patients")
    auc = card.metrics["auc"]
    assert auc.low <= auc.value <= auc.high
    assert auc.n == 40
    assert any("synthetic" in sentence for sentence in card.weaknesses)
    assert card.model["name"] == "custom_cnn"
    assert card.training["run"] == trained.folder.id
    page = (found.path / "README.md").read_text()
    assert "# Discs" in page
    assert "95%" in page
    # Full precision, whatever the run computed in: it answers alike wherever it is loaded.
    model = load_model(found.model_file)
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}


def test_the_threshold_finds_nine_of_ten_on_validation(trained: object) -> None:
    publish(trained.folder.id, "discs")
    card = bundle("discs").card
    answers = pd.read_parquet(trained.folder.predictions_file)
    known = answers[answers["part"] == "validation"]
    logits = known[[f"logit_{place}" for place in range(4)]].to_numpy()
    scaled = np.exp(logits / card.calibration.temperature)
    scores = (scaled / scaled.sum(axis=1, keepdims=True))[:, 3]
    called = scores[known["class"] == "malignant"] >= card.operating_point.threshold
    assert called.mean() >= 0.9


def test_what_cannot_be_published_is_refused_with_a_reason(trained: object) -> None:
    for name in ("", "My Model", "../x", "a" * 80, "-x"):
        with pytest.raises(ConfigError, match="small letters"):
            publish(trained.folder.id, name)
    publish(trained.folder.id, "discs")
    with pytest.raises(InputError, match="--replace"):
        publish(trained.folder.id, "discs")
    publish(trained.folder.id, "discs", title="Again", replace=True)
    assert bundle("discs").card.title == "Again"
    waiting = runs.create(trained.folder.config())
    with pytest.raises(InputError, match="queued"):
        publish(waiting.id, "other")
    assert [folder.name for folder in paths.models().iterdir()] == ["discs"]


def test_a_stopped_run_can_be_published_from_its_best_epoch(
    trainer: object, configure: Callable[..., TrainConfig]
) -> None:
    stopped = trainer.start(configure(epochs=3), steps=4)
    stopped.folder.write_status(RunStatus(RunState.STOPPED, epoch=1))
    assert not stopped.folder.predictions_file.exists()
    assert publish(stopped.folder.id, "half")["metrics"]["auc"]


@pytest.fixture
def known() -> Reference:
    random = np.random.default_rng(0)
    mixing = random.normal(size=(40, 300)).astype(np.float32)
    features = random.normal(size=(900, 40)).astype(np.float32) @ mixing
    noise = random.normal(size=(900, 300)).astype(np.float32)
    images = random.uniform(size=(300, 8, 8)).astype(np.float32)
    everything = features + 0.1 * noise
    return reference.describe(everything[:600], everything[600:], images)


def test_unlike_features_lie_farther_than_like_ones(known: Reference) -> None:
    random = np.random.default_rng(1)
    strange = random.normal(0, 20, (50, 300)).astype(np.float32)
    assert (known.share_nearer(strange) == 1).all()
    usual = known.mean[None]
    assert known.share_nearer(usual)[0] < 0.05
    assert known.distances[4] == pytest.approx(1, abs=0.3)


def test_a_reference_is_small_and_survives_being_stored(known: Reference, tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    wide = random.normal(size=(500, 3072)).astype(np.float32)
    large = reference.describe(wide[:300], wide[300:], np.zeros((9, 4, 4), np.float32))
    for made in (known, large):
        made.save(tmp_path / "fitness.npz")
        assert (tmp_path / "fitness.npz").stat().st_size < 300_000
        found = Reference.load(tmp_path / "fitness.npz")
        sample = random.normal(size=(5, len(made.mean))).astype(np.float32)
        np.testing.assert_allclose(found.distance(sample), made.distance(sample), rtol=1e-4)
        assert found.images == made.images


def test_a_spoilt_reference_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "fitness.npz"
    file.write_bytes(b"nothing of the kind")
    with pytest.raises(ConfigError, match="Publish the model again"):
        Reference.load(file)


def test_a_card_survives_json(trained: object) -> None:
    publish(trained.folder.id, "discs")
    card = bundle("discs").card
    assert ModelCard.from_json(card.to_json()) == card
