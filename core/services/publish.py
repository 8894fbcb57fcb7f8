"""Makes a model others can use from a run: the network, its card, and what it was measured on.

The temperature and the operating point come from validation images, the figures from
test images, which no choice was made on.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from core.datasets.prepared import open_prepared
from core.domain.runs import RunState
from core.errors import InputError
from core.services import groups, publish_group, run_card
from core.services.bundle_folder import (
    check_name,
    check_room,
    described,
    new_bundle,
    write_card,
)
from core.services.card_texts import CardTexts, with_texts
from core.services.catalogue import FITNESS, MODEL
from core.services.exam_reference import write_exam_reference
from core.services.fitness_reference import write_reference
from core.services.subjects import kind_of
from core.training import data, predictions, subject
from core.training.data import RunData
from core.training.run_folder import RunFolder, find_run
from core.training.sequence_data import CONTEXT_FILE

STEPS = 3  # answers, the reference of its images, the card with its figures
Progress = Callable[[int, int], None]


def publish(
    run: str,
    name: str,
    *,
    title: str = "",
    texts: CardTexts | None = None,
    replace: bool = False,
    told: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Of a run, or of a cross-validation: a model made of all its networks.

    Returns what a person wants to know of the new model; its folder is `path`.
    """
    if groups.is_group(run):
        return publish_group.publish(
            run, name, title=title, texts=texts, replace=replace, told=told
        )
    folder = find_run(run)
    check(folder, name, replace)
    config = folder.config()
    told(0, STEPS)
    run_data = data.load(open_prepared(config.dataset), folder.path)
    answers = _answers(folder, run_data)
    told(1, STEPS)
    with new_bundle(name) as made:
        shutil.copyfile(folder.model_file, made / MODEL)
        fitness = _beside(made, folder, run_data)
        told(2, STEPS)
        card = run_card.make(name, title, folder, run_data, answers, fitness)
        card = with_texts(card, texts) if texts else card
        write_card(made, card)
    told(STEPS, STEPS)
    return {"run": folder.id, **described(card)}


def hindered(run: str, name: str, replace: bool) -> None:
    """Raises what stands against publishing this run or group under this name."""
    if groups.is_group(run):
        publish_group.check(groups.find(run), name, replace)
    else:
        check(find_run(run), name, replace)


def check(folder: RunFolder, name: str, replace: bool) -> None:
    check_name(name, replace)
    state = folder.status().state
    if not state.is_finished() or not folder.model_file.is_file():
        raise InputError(
            f"Run {folder.id} is {state} and has no finished epoch to publish. Wait for it, or "
            "resume it."
            if state in (RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED)
            else f"Run {folder.id} is {state}. Wait until it has finished, or stop it first."
        )
    check_room([folder.model_file])


def _beside(target: Path, folder: RunFolder, run_data: RunData) -> dict[str, Any]:
    """What else a model needs: a reference of its images, and the code of patients' context."""
    if kind_of(folder.config(), run_data.dataset.info) != "exam":
        return write_reference(target / FITNESS, folder, run_data)
    shutil.copyfile(folder.path / CONTEXT_FILE, target / CONTEXT_FILE)
    return write_exam_reference(target / FITNESS, folder, run_data)


def _answers(folder: RunFolder, run_data: RunData) -> pd.DataFrame:
    """A run that was stopped has a best epoch, but has not been asked yet."""
    if folder.status().state is not RunState.FINISHED or not folder.predictions_file.is_file():
        predictions.write_predictions(folder, subject.open_data(folder.config(), folder.path))
    return pd.read_parquet(folder.predictions_file)
