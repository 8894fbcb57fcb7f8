"""Curves go where else they were asked to go, and a tracker that fails hurts no run."""

import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from core.datasets.crc32c import masked_crc
from core.domain.training import TrainConfig
from core.services import runs
from core.training import trackers
from core.training.event_file import EventFile
from core.training.trackers import TrackedJournal

Configure = Callable[..., TrainConfig]
ROW = {"epoch": 1, "stage": 1, "loss": 0.5, "validation_auc": 0.75}


class Reporter:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


def records(file: Path) -> list[bytes]:
    content, found = file.read_bytes(), []
    while content:
        head, (size,) = content[:8], struct.unpack("<Q", content[:8])
        assert struct.unpack("<I", content[8:12])[0] == masked_crc(head)
        body = content[12 : 12 + size]
        assert struct.unpack("<I", content[12 + size : 16 + size])[0] == masked_crc(body)
        found.append(body)
        content = content[16 + size :]
    return found


def test_an_event_file_is_what_tensorboard_reads(tmp_path: Path) -> None:
    events = EventFile(tmp_path)
    events.scalars(300, {"loss": 0.5, "unknown": float("nan")})
    (file,) = tmp_path.iterdir()
    first, second = records(file)
    assert first.endswith(b"\x1a\x0dbrain.Event:2")
    # step 300 as a varint, then one value named loss
    assert b"\x10\xac\x02" in second
    assert b"\x0a\x04loss\x15" + struct.pack("<f", 0.5) in second
    assert b"unknown" not in second


def test_tensorflow_reads_it_too(tmp_path: Path) -> None:
    from tensorflow.core.util import event_pb2

    EventFile(tmp_path).scalars(7, {"validation_auc": 0.75})
    (file,) = tmp_path.iterdir()
    event = event_pb2.Event.FromString(records(file)[1])
    assert (event.step, event.summary.value[0].tag) == (7, "validation_auc")
    assert event.summary.value[0].simple_value == 0.75


def test_a_run_writes_them_when_asked(configure: Configure, trainer: Any) -> None:
    config = configure(epochs=1, tensorboard=True, mlflow=True, leakage_check=False)
    trained = trainer.start(config)
    assert trained.done
    (file,) = (trained.folder.path / "tensorboard").iterdir()
    assert len(records(file)) == 2
    notes = trained.folder.status().notes
    assert any("MLFLOW_TRACKING_URI is not set" in note for note in notes)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands for MLflow's client."""
    heard: dict[str, Any] = {"metrics": [], "params": {}, "runs": 0, "broken": False}

    class Client:
        def get_experiment_by_name(self, name: str) -> None:
            if heard["broken"]:
                raise ConnectionError("nobody answers")

        def create_experiment(self, name: str) -> str:
            return name

        def create_run(self, experiment: str, run_name: str) -> Any:
            heard["runs"] += 1
            return SimpleNamespace(info=SimpleNamespace(run_id="r1"))

        def log_param(self, run: str, key: str, value: str) -> None:
            heard["params"][key] = value

        def log_metric(self, run: str, name: str, value: float, step: int) -> None:
            heard["metrics"].append((run, name, value, step))

        def set_terminated(self, run: str) -> None:
            heard["ended"] = run

    module = ModuleType("mlflow")
    module.MlflowClient = Client
    monkeypatch.setitem(sys.modules, "mlflow", module)
    monkeypatch.setattr(trackers, "find_spec", lambda name: True)
    monkeypatch.setenv(trackers.URI, "http://localhost:1")
    return heard


def test_mlflow_hears_every_epoch_and_a_resumed_run_is_the_same_there(
    configure: Configure, server: dict[str, Any]
) -> None:
    config = configure(mlflow=True)
    folder = runs.create(config)
    for epoch in (1, 2):
        reporter = Reporter()
        journal = TrackedJournal(folder, config, reporter)
        journal.begin(epoch - 1, 0)
        journal.epoch({**ROW, "epoch": epoch})
        journal.close()
        assert reporter.notes == []
    assert ("r1", "validation_auc", 0.75, 2) in server["metrics"]
    assert server["params"]["model.name"] == "custom_cnn"
    assert (server["runs"], server["ended"]) == (1, "r1")


def test_a_server_that_is_gone_is_a_note_and_no_fault(
    configure: Configure, server: dict[str, Any]
) -> None:
    server["broken"] = True
    config = configure(mlflow=True)
    reporter = Reporter()
    folder = runs.create(config)
    journal = TrackedJournal(folder, config, reporter)
    journal.begin(0, 0)
    journal.epoch(ROW)
    journal.close()
    assert reporter.notes == ["Nothing more goes to MLflow: nobody answers"]
