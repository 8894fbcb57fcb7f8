"""A run that cannot go on ends in a sentence, and keeps its best epoch."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.domain.runs import RunState
from core.domain.training import TrainConfig
from core.errors import ConfigError, DatasetError, RunError
from core.services import runs
from core.training import keeper, worker
from core.training.run_folder import RunFolder

Configure = Callable[..., TrainConfig]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[RunFolder], int]:
    """The worker's own `main`, in this process; signals stay the test run's."""
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    monkeypatch.setattr(worker, "prepare_environment", lambda _: None)
    return lambda folder: worker.main([str(folder.path)])


def test_a_loss_that_runs_away_names_the_step_and_keeps_the_best(
    trainer: object, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.training.steps import tensorflow

    calm = tensorflow.TensorFlowEngine.train
    taken = []

    def wild(self: object, batch: object, rate: float) -> object:
        taken.append(rate)
        loss, logits = calm(self, batch, rate)
        return (loss * float("nan") if len(taken) == 5 else loss), logits

    monkeypatch.setattr(tensorflow.TensorFlowEngine, "train", wild)
    folder = runs.create(configure(epochs=4))
    with pytest.raises(RunError, match=r"nan in epoch 2, step 2.*lower.*learning_rate"):
        trainer.go_on(folder)
    assert folder.model_file.is_file()
    assert [row["epoch"] for row in runs.history(folder)] == [1]


def test_the_worker_ends_a_failed_run_in_a_sentence(
    configure: Configure, work: Callable[[RunFolder], int]
) -> None:
    folder = runs.create(configure())
    document = folder.document()
    document["training"]["dataset"] = "gone"
    folder.config_file.write_text(json.dumps(document))
    assert work(folder) == 1
    status = folder.status()
    assert status.state is RunState.FAILED
    assert "no prepared dataset 'gone'" in status.reason
    assert status.state.can_resume()


def test_a_full_disk_is_said_to_be_full(
    configure: Configure, work: Callable[[RunFolder], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keeper.Checkpoint, "save", full)
    folder = runs.create(configure(epochs=1))
    assert work(folder) == 1
    assert "disk is full" in folder.status().reason
    assert folder.model_file.is_file()


def test_two_workers_on_one_run_are_refused(
    configure: Configure, work: Callable[[RunFolder], int]
) -> None:
    folder = runs.create(configure())
    with worker._alone(folder), pytest.raises(RunError, match="Another process"):
        work(folder)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (MemoryError(), "smaller batch_size"),
        (RuntimeError("OOM when allocating tensor"), "smaller batch_size"),
        (ModuleNotFoundError("No module named 'jax'", name="jax"), "'jax' is not installed"),
        (ValueError("first line\nsecond line"), "first line The log"),
        (ConfigError("Plain words."), "Plain words."),
    ],
)
def test_faults_are_explained(fault: Exception, words: str) -> None:
    found = worker.explain(fault)
    assert words in found
    assert "\n" not in found


def test_float16_on_a_processor_is_refused(trainer: object, configure: Configure) -> None:
    with pytest.raises(ConfigError, match="seven times slower"):
        trainer.start(configure(precision="mixed_float16", gpus=0))


def test_a_split_without_validation_or_with_a_missing_class_is_refused(
    configure: Configure, dataset: object
) -> None:
    table = dataset.split_table("default")
    table.loc[table["part"] == "validation", "part"] = "test"
    table.to_parquet(dataset.path / "splits" / "default.parquet", index=False)
    with pytest.raises(DatasetError, match="'validation'"):
        runs.create(configure())
    malignant = dataset.index["class"] == "malignant"
    table["part"] = np.where(malignant, "test", "train")
    table.loc[~malignant & (table.index % 3 == 0), "part"] = "validation"
    table.to_parquet(dataset.path / "splits" / "default.parquet", index=False)
    with pytest.raises(DatasetError, match="malignant"):
        runs.create(configure())


def test_patients_on_both_sides_are_told_wherever_the_run_is_shown(
    trainer: object, configure: Configure, dataset: object
) -> None:
    table = dataset.split_table("default")
    table["part"] = np.resize(["train", "validation", "train", "test"], len(table))
    table.to_parquet(dataset.path / "splits" / "default.parquet", index=False)
    trained = trainer.start(configure(epochs=1))
    assert any("both train and validation" in note for note in trained.folder.status().notes)
    assert runs.describe(trained.folder)["notes"]


def test_images_of_unknown_class_are_left_out(
    trainer: object, configure: Configure, dataset: object
) -> None:
    dataset.index.loc[:3, "class"] = None
    dataset.index.to_parquet(dataset.path / "index.parquet", index=False)
    folder = runs.create(configure(epochs=1))
    assert folder.document()["data"]["images"]["train"] == 44
    trainer.go_on(folder)
    assert Path(folder.predictions_file).is_file()


def test_copies_on_both_sides_are_found_before_training_and_told(
    trainer: object, configure: Configure, make_dataset: Callable[..., object]
) -> None:
    """One picture with structure, turned a little, stands in training and in validation."""
    from core.training.config import resolve

    dataset = make_dataset("copied", size=128)
    train, other = (dataset.split("default").eq(p).idxmax() for p in ("train", "validation"))
    pixels = np.array(dataset.images)
    pixels[other] = cv2.rotate(pixels[train], cv2.ROTATE_90_CLOCKWISE)
    np.save(dataset.path / "images.npy", pixels)
    trained = trainer.start(resolve(dataset, settings={"epochs": 1}))
    notes = trained.folder.status().notes
    assert any("copies of themselves in both train and validation" in note for note in notes)
    unasked = trainer.start(
        resolve(make_dataset("other"), settings={"leakage_check": False, "epochs": 1})
    )
    assert not (unasked.folder.path.parents[1] / "datasets/other/leakage.json").exists()
