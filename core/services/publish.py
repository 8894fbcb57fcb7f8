"""Makes a model others can use from a run: the network, its card, and what it was measured on.

The temperature and the operating point come from validation images, the figures from
test images, which no choice was made on.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import paths
from core.datasets.prepared import open_prepared
from core.domain.dataset import TRAIN, VALIDATION
from core.domain.runs import RunState
from core.errors import ConfigError, InputError
from core.models.head import POOLED
from core.services import run_card
from core.services.card_texts import CardTexts, with_texts
from core.services.catalogue import CARD, FITNESS, MODEL
from core.services.model_page import page
from core.services.subjects import kind_of
from core.training import data, predictions, subject
from core.training.atomic import write_text
from core.training.data import RunData
from core.training.inference import outputs
from core.training.reference import describe
from core.training.rows import RowReader
from core.training.run_folder import RunFolder, find_run
from core.training.sequence_data import CONTEXT_FILE

MOST_REFERENCE_IMAGES = 1500
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
    """Returns what a person wants to know of the new model; its folder is `path`."""
    folder = find_run(run)
    check(folder, name, replace)
    config = folder.config()
    told(0, STEPS)
    run_data = data.load(open_prepared(config.dataset), folder.path)
    answers = _answers(folder, run_data)
    told(1, STEPS)
    target = paths.models() / name
    beside = target.with_name(f".{name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        shutil.copyfile(folder.model_file, beside / MODEL)
        fitness = _beside(beside, folder, run_data)
        told(2, STEPS)
        card = run_card.make(name, title, folder, run_data, answers, fitness)
        card = with_texts(card, texts) if texts else card
        write_text(beside / CARD, card.to_json())
        write_text(beside / "README.md", page(card))
        shutil.rmtree(target, ignore_errors=True)
        beside.rename(target)
        told(STEPS, STEPS)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return {
        "model": name,
        "run": folder.id,
        "path": str(target),
        "measured_on": card.measured_on,
        "operating_point": asdict(card.operating_point),
        "calibration": asdict(card.calibration),
        "metrics": {key: asdict(value) for key, value in card.metrics.items()},
    }


def check(folder: RunFolder, name: str, replace: bool) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        raise ConfigError(
            "A model's name is made of small letters, digits, - and _, such as my-model. "
            f"Received: {name!r}."
        )
    if (paths.models() / name).exists() and not replace:
        raise InputError(
            f"There is a model {name!r} already. Choose another name, or replace it (--replace)."
        )
    state = folder.status().state
    if not state.is_finished() or not folder.model_file.is_file():
        raise InputError(
            f"Run {folder.id} is {state} and has no finished epoch to publish. Wait for it, or "
            "resume it."
            if state in (RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED)
            else f"Run {folder.id} is {state}. Wait until it has finished, or stop it first."
        )


def _beside(target: Path, folder: RunFolder, run_data: RunData) -> dict[str, Any]:
    """What else a model needs: a reference of its images, or the code of patients' context."""
    if kind_of(folder.config(), run_data.dataset.info) != "exam":
        return write_reference(target / FITNESS, folder, run_data)
    shutil.copyfile(folder.path / CONTEXT_FILE, target / CONTEXT_FILE)
    return {}


def _answers(folder: RunFolder, run_data: RunData) -> pd.DataFrame:
    """A run that was stopped has a best epoch, but has not been asked yet."""
    if folder.status().state is not RunState.FINISHED or not folder.predictions_file.is_file():
        predictions.write_predictions(folder, subject.open_data(folder.config(), folder.path))
    return pd.read_parquet(folder.predictions_file)


def write_reference(path: Path, folder: RunFolder, run_data: RunData) -> dict[str, Any]:
    """What training images look like to the model, for judging whether a new one is like them."""
    from core.models.loading import load_model

    rows = {part: run_data.rows(part)[:MOST_REFERENCE_IMAGES] for part in (TRAIN, VALIDATION)}
    model, images = load_model(folder.model_file), run_data.dataset.images
    learned, unseen = (
        outputs(model, [POOLED], RowReader(images), rows[p])[0] for p in (TRAIN, VALIDATION)
    )
    with RowReader(images) as reader:
        seen = reader.read(rows[VALIDATION]).astype(np.float32)
    found = describe(learned, unseen, seen / np.float32(run_data.dataset.scale))
    found.save(path)
    return {
        "layer": POOLED,
        "images": found.images,
        "distances": dict(zip(map(str, found.levels), found.distances.tolist(), strict=True)),
        "of": "validation images, which the model did not learn from",
    }
