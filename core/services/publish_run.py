"""A run on its way to a model: its network, and the figures of its test part."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.datasets.prepared import open_prepared
from core.domain.card import ModelCard
from core.domain.runs import RunState
from core.errors import InputError
from core.services import run_card
from core.services.bundle_folder import check_room
from core.services.catalogue import FITNESS, MODEL
from core.services.exam_reference import write_exam_reference
from core.services.fitness_reference import write_reference
from core.services.subjects import kind_of
from core.training import data, predictions, subject
from core.training.data import RunData
from core.training.run_folder import RunFolder
from core.training.sequence_data import CONTEXT_FILE


def check(folder: RunFolder) -> None:
    """Raises what stands against publishing this run."""
    state = folder.status().state
    if not state.is_finished() or not folder.model_file.is_file():
        raise InputError(
            f"Run {folder.id} is {state} and has no finished epoch to publish. Wait for it, or "
            "resume it."
            if state in (RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED)
            else f"Run {folder.id} is {state}. Wait until it has finished, or stop it first."
        )
    check_room([folder.model_file])


@dataclass(frozen=True)
class RunDraft:
    folder: RunFolder
    run_data: RunData
    answers: pd.DataFrame

    def fill(self, made: Path) -> dict[str, Any]:
        """A model of whole exams also needs the code of patients' context."""
        shutil.copyfile(self.folder.model_file, made / MODEL)
        if kind_of(self.folder.config(), self.run_data.dataset.info) != "exam":
            return write_reference(made / FITNESS, self.folder, self.run_data)
        shutil.copyfile(self.folder.path / CONTEXT_FILE, made / CONTEXT_FILE)
        return write_exam_reference(made / FITNESS, self.folder, self.run_data)

    def card(self, name: str, title: str, fitness: dict[str, Any]) -> ModelCard:
        return run_card.make(name, title, self.folder, self.run_data, self.answers, fitness)

    @property
    def about(self) -> dict[str, Any]:
        return {"run": self.folder.id}


def measured(folder: RunFolder) -> RunDraft:
    """A run that was stopped has a best epoch, but has not been asked yet."""
    config = folder.config()
    run_data = data.load(open_prepared(config.dataset), folder.path)
    if folder.status().state is not RunState.FINISHED or not folder.predictions_file.is_file():
        predictions.write_predictions(folder, subject.open_data(config, folder.path))
    return RunDraft(folder, run_data, pd.read_parquet(folder.predictions_file))
