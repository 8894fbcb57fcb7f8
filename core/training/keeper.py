"""Keeps what must not be lost: the checkpoint to resume from, and the best epoch's model."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.training import checkpoint
from core.training.checkpoint import Checkpoint, Values
from core.training.leg import Leg
from core.training.progress import Progress
from core.training.run_folder import RunFolder
from core.training.tally import Tally
from core.training.watch import Watch

# Saving may take this share of the time, unless that would lose more than the run allows.
SAVING_SHARE = 0.05


class Keeper:
    """`write_model` writes `model.keras` from the values of all variables."""

    def __init__(
        self, folder: RunFolder, model: Any, most_lost: float, write_model: Callable[[Values], None]
    ) -> None:
        self._folder, self._model, self._most_lost = folder, model, most_lost
        self._write_model = write_model
        self._best: Values = []
        self._unwritten = False
        self._saved, self._took = time.monotonic(), 0.0

    def restore(self, stored: Checkpoint) -> None:
        """The model file may be of a later epoch than the checkpoint, so it is made again."""
        checkpoint.assign(self._model.variables, stored.variables, "model")
        self._best, self._unwritten = stored.best, bool(stored.best)

    def best(self, leg: Leg) -> None:
        """The present weights are the best so far."""
        leg.engine.settle()
        self._best = checkpoint.values(self._model.variables)
        self._unwritten = True

    def overdue(self) -> bool:
        """In the middle of an epoch: waiting longer would risk too much work."""
        return time.monotonic() - self._saved > self._most_lost

    def affordable(self) -> bool:
        """Between epochs, which may be much shorter than saving takes."""
        passed = time.monotonic() - self._saved
        return passed >= min(self._most_lost, self._took / SAVING_SHARE)

    def save(
        self,
        leg: Leg,
        progress: Progress,
        watch: Watch,
        tally: Tally | None = None,
        *,
        optimizer: bool = True,
    ) -> None:
        """Without its optimizer when a stage is done: the next one has its own."""
        began = time.monotonic()
        leg.engine.settle()
        Checkpoint(
            {"progress": asdict(progress), "watch": watch.to_dict()},
            checkpoint.values(self._model.variables),
            checkpoint.values(leg.optimizer.variables) if optimizer else [],
            self._best,
            tally.arrays() if tally else {},
        ).save(self._folder.checkpoint_file)
        self.write_best()
        self._saved = time.monotonic()
        self._took = self._saved - began

    def write_best(self) -> None:
        if self._unwritten:
            self._write_model(self._best)
            self._unwritten = False
