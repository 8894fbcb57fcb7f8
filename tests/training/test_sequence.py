"""Runs on all views of a patient together, with an answer for each breast."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import paths
from core.datasets.prepared import PreparedDataset
from core.domain.cases import Side, View
from core.domain.training import TrainConfig
from core.errors import ConfigError, InputError
from core.models.loading import load_model
from core.phantom import PhantomConfig, image, png_bytes
from core.services import inference
from core.services.catalogue import bundle, bundles
from core.services.exam import analyse_exams
from core.services.judgement import judge
from core.services.publish import publish
from core.training import data, sequence_data
from core.training.config import resolve
from core.training.pipeline import Feed
from core.training.reference import Reference
from core.training.sampler import in_turn
from core.training.sequence_data import PatientData

L, R = Side.LEFT, Side.RIGHT
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
    _is_published_and_asked(whole.folder.id, answers)


def _is_published_and_asked(run: str, answers: pd.DataFrame) -> None:
    """On its own data the model judges breasts, and says what the run said."""
    document = publish(run, "views")
    card = bundle("views").card
    assert card.kind == "exam"
    assert [one.name for one in bundles("image", "patch") if not one.shipped] == []
    assert document["measured_on"] == "test part of spots: 24 breasts of 12 patients"
    assert "all views" in card.summary.lower()
    known = Reference.load(bundle("views").fitness_file)
    assert card.fitness["layer"] == "by_patient"
    assert card.fitness["images"] == known.images > 24  # views of the training patients
    for name in (run, "views"):
        found = judge(name, "spots")
        assert found.unit == "breasts"
        rows = found.cases().sort_values("row")
        asked = answers[answers["part"] == "test"].sort_values("image_id")
        np.testing.assert_allclose(found.raw.probabilities[:, 1], asked["p_malignant"], atol=1e-5)
        assert len(rows) == 24
    with pytest.raises(InputError, match="core predict views"):
        inference.get("views")


def test_an_exam_is_asked_from_its_files(trainer: object, configure: Configure) -> None:
    publish(trainer.start(configure(**SEQUENCE)).folder.id, "views")
    folder = paths.workspace() / "files"
    for name, seed, side in (
        ("ann/L_CC", 0, L),
        ("ann/R_CC", 0, R),
        ("eve/a", 1, L),
        ("eve/b", 2, L),
    ):
        file = folder / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png_bytes(image(PhantomConfig(seed, 1, 256), 0, side, View.CC)))
    (folder / "eve" / "broken.dcm").write_bytes(b"nothing")
    table = folder / "cases.csv"
    table.write_text(
        "path,patient_id,laterality,age,density\neve/a.png,e1,left,61,C\n"
        "eve/b.png,e1,left,61,C\neve/broken.dcm,e1,right,,\n"
    )
    files = sorted(folder.glob("*/*.*"))
    ann, eve = analyse_exams(files, "views", table=table)
    assert (ann.patient, eve.patient) == ("ann", "e1")
    assert ann.breasts["left"].views == ann.breasts["right"].views == 1
    left, right = (ann.breasts[side].probabilities["malignant"] for side in ("left", "right"))
    assert ann.probabilities["malignant"] == pytest.approx(1 - (1 - left) * (1 - right))
    assert "files of one folder" in ann.notes[0]
    assert eve.breasts["right"] is None
    assert eve.breasts["left"].views == 2
    assert (eve.known["age"], eve.known["density"]) == (61, "C")
    assert [Path(file).name for file, _ in eve.faults] == ["broken.dcm"]
    assert json.loads(json.dumps(eve.to_document()))["errors"][0]["error"]["code"]
    older = folder / "older.csv"
    older.write_text(table.read_text().replace("61", "90"))
    again = analyse_exams(files[2:], "views", table=older)[0]
    assert again.probabilities != eve.probabilities
    older.write_text("file,age\n")
    with pytest.raises(InputError, match="no column 'path'"):
        analyse_exams(files, "views", table=older)


def test_the_recipe_asks_for_a_sequence_and_for_two_classes(
    dataset: PreparedDataset, make_dataset: Callable[..., PreparedDataset]
) -> None:
    config = resolve(dataset, recipe="c-context")
    assert config.sequence is not None
    assert config.model.backbones == ("custom_cnn_bn", "resnet50")
    with pytest.raises(ConfigError, match="yes or no"):
        resolve(make_dataset("three", classes=("a", "b", "c")), recipe="c-context")


def test_the_features_of_views_are_kept_while_their_network_rests(
    trainer: object, configure: Configure
) -> None:
    """What crosses is several tensors, one of them counted by breasts and not by patients."""
    still = {**SEQUENCE, "stages": [{"train": "head"}], "sequence.dropout": 0.2}
    kept = trainer.start(configure("custom_cnn_bn", **still))
    files = sorted(file.name for file in (paths.cache() / "features").glob("*/*.npy"))
    assert len(files) > 1
    anew = trainer.start(configure("custom_cnn_bn", feature_cache=False, **still))
    for row, same in zip(kept.history(), anew.history(), strict=True):
        assert row == pytest.approx(same, rel=1e-3, abs=1e-5)
