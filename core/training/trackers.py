"""Where else a run's curves go, if asked for: TensorBoard files, and an MLflow server.

Neither may hurt a run: a tracker that fails is named in a note of the run and left out.
"""

import json
import os
import queue
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from core.domain.training import TrainConfig
from core.training.event_file import EventFile
from core.training.journal import Journal, Row
from core.training.reporter import Reporter
from core.training.run_folder import RunFolder

URI, TENSORBOARD = "MLFLOW_TRACKING_URI", "tensorboard"
EXPERIMENT = "mammolens"
# A server that does not answer must not keep a finished run from ending.
LAST_WORDS_SECONDS = 10.0
Tracker = Callable[[int, Mapping[str, float]], None]


class TrackedJournal(Journal):
    """The run's own tables come first; trackers hear of each epoch after that."""

    def __init__(self, folder: RunFolder, config: TrainConfig, reporter: Reporter) -> None:
        super().__init__(folder)
        self._reporter = reporter
        self._trackers: dict[str, Tracker] = {}
        self._closers: list[Callable[[], None]] = []
        if config.tensorboard:
            self._add("TensorBoard", lambda: EventFile(folder.path / TENSORBOARD).scalars)
        if config.mlflow:
            self._add("MLflow", lambda: self._mlflow(folder, config))

    def _add(self, name: str, make: Callable[[], Tracker]) -> None:
        try:
            self._trackers[name] = make()
        except Exception as fault:  # a tracker's library may raise anything
            self._failed(name, fault)

    def _mlflow(self, folder: RunFolder, config: TrainConfig) -> Tracker:
        made = Mlflow(folder, config, lambda fault: self._failed("MLflow", fault))
        self._closers.append(made.close)
        return made.epoch

    def epoch(self, row: Row) -> None:
        super().epoch(row)
        values = {key: float(value) for key, value in row.items() if key != "epoch"}
        for name, tell in list(self._trackers.items()):
            try:
                tell(int(row["epoch"]), values)
            except Exception as fault:
                self._failed(name, fault)

    def close(self) -> None:
        for close in self._closers:
            close()

    def _failed(self, name: str, fault: BaseException) -> None:
        self._trackers.pop(name, None)
        first = (str(fault).strip() or type(fault).__name__).splitlines()[0]
        self._reporter.note(f"Nothing more goes to {name}: {first[:200]}")


class Mlflow:
    """A thread speaks to the server, so that no step waits for it; a resumed run goes on there."""

    def __init__(
        self, folder: RunFolder, config: TrainConfig, failed: Callable[[BaseException], None]
    ) -> None:
        if not os.environ.get(URI):
            raise RuntimeError(f"{URI} is not set. Set it to your server's address.")
        if find_spec("mlflow") is None:
            raise RuntimeError("it is not installed: pip install -r requirements-export.txt")
        self._folder, self._config, self._failed = folder, config, failed
        self._waiting: queue.Queue[tuple[int, dict[str, float]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._speak, name="mlflow", daemon=True)
        self._thread.start()

    def epoch(self, epoch: int, values: Mapping[str, float]) -> None:
        self._waiting.put((epoch, dict(values)))

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join(LAST_WORDS_SECONDS)

    def _speak(self) -> None:
        try:
            client = import_module("mlflow").MlflowClient()
            run = self._run(client)
            while (said := self._waiting.get()) is not None:
                epoch, values = said
                for name, value in values.items():
                    if value == value:
                        client.log_metric(run, name, value, step=epoch)
            client.set_terminated(run)
        except Exception as fault:  # a server that is gone, full, or speaks another version
            self._failed(fault)

    def _run(self, client: Any) -> str:
        """The server's name for this run is kept with it."""
        file = self._folder.path / "mlflow.json"
        if file.is_file():
            return str(json.loads(file.read_text(encoding="utf-8"))["run"])
        found = client.get_experiment_by_name(EXPERIMENT)
        experiment = found.experiment_id if found else client.create_experiment(EXPERIMENT)
        name = self._config.title or self._folder.id
        run = str(client.create_run(experiment, run_name=name).info.run_id)
        file.write_text(json.dumps({"run": run}), encoding="utf-8")
        for key, value in _flat(self._config.to_dict()).items():
            client.log_param(run, key, str(value)[:500])
        return run


def _flat(tree: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tree.items():
        inner = isinstance(value, Mapping)
        found |= _flat(value, f"{before}{key}.") if inner else {before + key: value}
    return found
