"""Runs on all views of a patient together, with an answer for each breast."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.datasets.prepared import PreparedDataset
from core.domain.training import TrainConfig
from core.errors import ConfigError, InputError
from core.models.loading import load_model
from core.services.publish import publish
from core.training import data, sequence_data
from core.training.config import resolve
from core.training.pipeline import Feed
from core.training.sampler import in_turn
from core.training.sequence_data import PatientData

Configure = Callable[..., TrainConfig]

SEQUENCE = {"sequence.slots": 3, "sequence.units": 8, "batch_size": 8, "epochs": 2}


@pytest.fixture
def patients(dataset: PreparedDataset, configure: Configure, tmp_path: Path) -> PatientData:
    data.store_split(dataset, "default", tmp_path)
    images = data.load(dataset, tmp_path)
    return sequence_data.by_patient(configure(**SEQUENCE), images, tmp_path)


def test_a_sample_is_a_patient_and_a_question_a_breast(patients: PatientData) -> None:
    index = patients.dataset.index
    assert len(patients.patients) == 48
    assert len(patients.rows("train")) == 24
    for number in (0, 7, 20):
        own = index[index["patient_id"] == patients.patients[number]]
        by_side = dict(zip(own["laterality"], own["class"] == "malignant", strict=True))
        assert patients.targets[number].tolist() == [by_side["L"], by_side["R"]]


def test_views_are_read_from_the_rows_of_their_patient(patients: PatientData) -> None:
    reader = patients.reader()
    found = reader.read(np.array([5, 9]))
    assert found["images"].shape == (2, 3, 32, 32)
    assert found["images"].dtype == np.uint8
    assert found["present"].tolist() == [[1, 1, 0], [1, 1, 0]]
    own = patients.dataset.index["patient_id"] == patients.patients[9]
    np.testing.assert_array_equal(found["images"][1, :2], patients.dataset.images[own])
    reader.close()


def test_a_breast_without_a_view_counts_for_nothing(
    dataset: PreparedDataset, configure: Configure, tmp_path: Path
) -> None:
    dataset.index.loc[dataset.index["laterality"] == "R", "laterality"] = "L"
    data.store_split(dataset, "default", tmp_path)
    known = sequence_data.by_patient(configure(**SEQUENCE), data.load(dataset, tmp_path), tmp_path)
    assert (known.targets[:, 1] == -1).all()
    feed = Feed(known.reader(), known.targets, np.ones(2, np.float32))
    batch = feed.batch(in_turn(np.arange(8), 8), 0, 0)
    assert batch.weights[:, 0] == pytest.approx(1 / 8)
    assert (batch.weights[:, 1] == 0).all()
    feed.reader.close()


def test_a_run_over_views_learns_resumes_and_tells_its_answers(
    trainer: object, configure: Configure
) -> None:
    config = configure("custom_cnn_bn", **SEQUENCE, **{"augmentation.rotation": 5})
    whole = trainer.start(config)
    broken = trainer.start(config, steps=2)
    broken = trainer.go_on(broken.folder)
    assert broken.history() == whole.history()
    one, other = broken.checkpoint().variables, whole.checkpoint().variables
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    answers = pd.read_parquet(whole.folder.predictions_file)
    assert len(answers) == 48
    assert answers["image_id"].str.fullmatch(r"p\d{4}-[LR]").all()
    assert set(answers["part"]) == {"validation", "test"}
    assert answers["p_malignant"].between(0, 1).all()
    assert load_model(whole.folder.model_file).get_layer("breast").output.shape == (None, 2)
    with pytest.raises(InputError, match="all views of a patient"):
        publish(whole.folder.id, "views")


def test_the_recipe_asks_for_a_sequence_and_for_two_classes(
    dataset: PreparedDataset, make_dataset: Callable[..., PreparedDataset]
) -> None:
    config = resolve(dataset, recipe="c-context")
    assert config.sequence is not None
    assert config.model.backbones == ("custom_cnn_bn", "resnet50")
    with pytest.raises(ConfigError, match="yes or no"):
        resolve(make_dataset("three", classes=("a", "b", "c")), recipe="c-context")
