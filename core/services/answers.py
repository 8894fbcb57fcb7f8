"""A model's answers to a dataset's images: asked in batches, kept, never asked twice.

`cache/answers/<model>-<data>.parquet` holds a row an image that was asked: its row in the
dataset and its logits. The name is made of the model file's hash and the data's checksums,
so answers of another model or to other data are never taken for these.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import paths
from core.datasets.prepared import PreparedDataset
from core.domain.cases import Side
from core.domain.models import LOGITS
from core.errors import ConfigError, InputError
from core.services import groups, out_of_fold
from core.services.subjects import Subject, fingerprint
from core.training.atomic import replacing
from core.training.predictions import breast
from core.training.rows import RowReader
from core.training.sequence_data import SIDES

Rows = NDArray[np.int64]
Images = NDArray[np.float32]
Progress = Callable[[int, int], None]  # images done, images in all
BATCH = 32
# What is lost when the process is killed.
KEEP_EVERY = 512


def answers(
    item: Subject,
    dataset: PreparedDataset,
    rows: Rows,
    progress: Progress = lambda done, total: None,
) -> NDArray[np.float64]:
    """Logits for these rows of the dataset, (rows, outputs)."""
    if item.out_of_fold:
        names = dataset.index["image_id"].iloc[rows]
        return np.asarray(held_out(item, dataset).reindex(names), np.float64)
    check_spec(item, dataset)
    file = answers_file(item, dataset)
    known = read_kept(file)
    missing = np.setdiff1d(rows, known.index)
    if len(missing):
        known = _ask(item, dataset, missing, known, file, progress)
    return np.asarray(known.loc[rows], np.float64)


def answered(item: Subject, dataset: PreparedDataset) -> NDArray[np.bool_]:
    """Which images a cross-validation has held out."""
    known = held_out(item, dataset).dropna()
    if item.kind == "exam":
        return _of_held_out_breasts(dataset, set(known.index))
    return np.asarray(dataset.index["image_id"].isin(known.index), bool)


def _of_held_out_breasts(dataset: PreparedDataset, known: set[str]) -> NDArray[np.bool_]:
    """An image of unknown side is of both breasts."""
    index = dataset.index
    sides = [SIDES if pd.isna(own) else (Side(own),) for own in index["laterality"]]
    return np.array(
        [
            any(breast(str(patient), side) in known for side in own)
            for patient, own in zip(index["patient_id"], sides, strict=True)
        ],
        bool,
    )


def held_out(item: Subject, dataset: PreparedDataset) -> pd.DataFrame:
    """A row an image or breast of the dataset; networks of folds answer for no others."""
    if item.checksums != dataset.info.checksums:
        raise InputError(
            f"{item.name!r} is a cross-validation of {item.trained_on!r} and answers for its "
            f"images only. Evaluate one of its runs on {dataset.info.name!r} instead."
        )
    return out_of_fold.answers_of(out_of_fold.whole(groups.find(item.out_of_fold)))


def answers_file(item: Subject, dataset: PreparedDataset) -> Path:
    info = dataset.info
    data = json.dumps([info.name, info.created, info.checksums], sort_keys=True)
    digest = hashlib.sha256(data.encode()).hexdigest()
    return paths.cache() / "answers" / f"{fingerprint(item)[:20]}-{digest[:20]}.parquet"


def missing_answers(item: Subject, dataset: PreparedDataset, rows: Rows) -> int:
    """How many images would have to be asked: 0 means that evaluating is quick."""
    if item.out_of_fold:
        return 0
    return len(np.setdiff1d(rows, read_kept(answers_file(item, dataset)).index))


def check_spec(item: Subject, dataset: PreparedDataset) -> None:
    """A model is never shown an image prepared differently from what it was trained on."""
    own, theirs = asdict(item.spec), asdict(dataset.info.spec)
    differ = [key for key in own if key != "name" and own[key] != theirs[key]]
    if differ:
        told = "; ".join(f"{key} {theirs[key]!r:.60} instead of {own[key]!r:.60}" for key in differ)
        raise ConfigError(
            f"Dataset {dataset.info.name!r} was prepared differently from what {item.name!r} "
            f"was trained on: {told}. Prepare it again for this model: python -m core evaluate "
            f"{item.name} --dataset {dataset.info.name} --prepare-again"
        )


def predictor(model: Any) -> Callable[[Images], NDArray[np.float32]]:
    """Logits for images in [0, 1], (n, height, width); compiled for one size of batch."""
    import keras

    if len(model.inputs) != 1:
        raise ConfigError(
            f"This model takes {len(model.inputs)} inputs: it reads all views of a patient "
            "together and cannot be asked about one image."
        )
    logits = keras.Model(model.input, model.get_layer(LOGITS).output)

    def predict(images: Images) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            full = np.resize(batch, (BATCH, *batch.shape[1:]))
            found = logits.predict_on_batch(full[..., None])
            parts.append(np.asarray(found, np.float32)[: len(batch)])
        return np.concatenate(parts)

    return predict


def scaled(dataset: PreparedDataset, rows: Rows) -> Images:
    """Images as a model takes them, (n, height, width)."""
    with RowReader(dataset.images) as reader:
        return reader.read(rows).astype(np.float32) / np.float32(dataset.scale)


def _ask(
    item: Subject,
    dataset: PreparedDataset,
    rows: Rows,
    known: pd.DataFrame,
    file: Path,
    progress: Progress,
) -> pd.DataFrame:
    from core.models.ensemble import open_model

    predict = predictor(open_model(item.model_file, item.members))
    for done, part in _parts(rows):
        batches = [
            predict(scaled(dataset, part[start : start + BATCH]))
            for start in range(0, len(part), BATCH)
        ]
        known = pd.concat([known, answer_table(item, dataset, part, np.concatenate(batches))])
        write_kept(file, known)
        progress(done + len(part), len(rows))
    return known


def _parts(rows: Rows) -> Iterator[tuple[int, Rows]]:
    for start in range(0, len(rows), KEEP_EVERY):
        yield start, rows[start : start + KEEP_EVERY]


def answer_table(
    item: Subject, dataset: PreparedDataset, rows: Rows, logits: NDArray[np.float32]
) -> pd.DataFrame:
    if not np.isfinite(logits).all():
        raise InputError(
            f"{item.name!r} gives answers that are not numbers for some images of "
            f"{dataset.info.name!r}. It was probably not trained to the end; choose another model."
        )
    names = [f"logit_{place}" for place in range(logits.shape[1])]
    return pd.DataFrame(logits, index=pd.Index(rows, name="row"), columns=names)


def read_kept(file: Path) -> pd.DataFrame:
    """Empty when nothing was asked yet, or when the file is damaged: asking again mends it."""
    try:
        return pd.read_parquet(file).set_index("row")
    except (OSError, ValueError, KeyError):
        return pd.DataFrame(index=pd.Index([], name="row", dtype=np.int64))


def write_kept(file: Path, table: pd.DataFrame) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file, lasting=False) as target:
        table.reset_index().to_parquet(target, index=False)
