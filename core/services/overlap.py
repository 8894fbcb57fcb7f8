"""Has the model seen these cases, or these patients, or copies of these images before?"""

import hashlib
from dataclasses import asdict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.datasets.copies import known_copies
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import TRAIN
from core.domain.evaluation import Caution, Weight
from core.errors import MammolensError
from core.evaluation import honesty
from core.services.judgement import Judgement, own_data, own_parts, patients
from core.training.rows import RowReader

ROWS_AT_ONCE = 256


def overlap(found: Judgement) -> list[Caution]:
    """Serious ones first. What could not be checked is said as well."""
    item = found.subject
    if own_data(item, found.dataset):
        cautions = _within(found)
    else:
        training = _training_data(found)
        cautions = [_unchecked(item.trained_on)] if training is None else _across(found, training)
    return [c for c in cautions if c is not None]


def _within(found: Judgement) -> list[Caution | None]:
    parts = own_parts(found.subject, found.dataset, found.subject.split).to_numpy(object)
    index, judged = found.dataset.index, parts[found.rows]
    counts = {str(part): int(n) for part, n in pd.Series(judged).value_counts().items()}
    learned = parts == TRAIN
    # Images of the training part are named as such; these are the others.
    fresh = found.index[judged != TRAIN]
    owners = patients(index)
    return [
        honesty.trained_part(found.part, True, counts),
        honesty.shared_patients(owners[learned], pd.Series(patients(fresh))),
        honesty.shared_copies(_known_pairs(found, learned, judged), len(found.rows)),
    ]


def _known_pairs(
    found: Judgement, learned: NDArray[np.bool_], judged: NDArray[np.object_]
) -> list[tuple[str, str]]:
    """From the leakage check of the dataset, where one was made."""
    copies = known_copies(found.dataset)
    if not copies:
        return []
    names = found.dataset.index["image_id"]
    first = {copies[n]: str(n) for n in names[learned] if n in copies}
    own = found.index["image_id"][judged != TRAIN]
    return [(str(n), first[copies[n]]) for n in own if n in copies and copies[n] in first]


def _training_data(found: Judgement) -> PreparedDataset | None:
    try:
        data = open_prepared(found.subject.trained_on)
    except MammolensError:
        return None
    return data if own_data(found.subject, data) else None


def _unchecked(name: str) -> Caution:
    return Caution(
        Weight.NOTE,
        "Overlap with the training data could not be checked",
        f"The training data {name!r} is not at hand, so nobody knows whether its patients or "
        "copies of its images are among these cases.",
    )


def _across(found: Judgement, training: PreparedDataset) -> list[Caution | None]:
    learned = own_parts(found.subject, training, found.subject.split).to_numpy(object) == TRAIN
    owners = _owners(training, training.index)[learned]
    return [
        honesty.shared_patients(owners, _owners(found.dataset, found.index)),
        honesty.shared_copies(_equal_images(found, training, learned), len(found.rows)),
    ]


def _owners(data: PreparedDataset, index: pd.DataFrame) -> pd.Series:
    """Patients of different publishers may have the same number, so the publisher is named."""
    # Synthetic patients are numbered anew in every set, and are other people each time.
    prefix = f"{data.info.root}:" if data.info.synthetic else f"{data.info.format}:"
    return prefix + index["patient_id"].astype(str)


def _equal_images(
    found: Judgement, training: PreparedDataset, learned: NDArray[np.bool_]
) -> list[tuple[str, str]]:
    """Prepared the same way, a copy of a file has the same pixels."""
    if asdict(training.info.spec)["steps"] != asdict(found.dataset.info.spec)["steps"]:
        return []
    rows = np.flatnonzero(learned)
    names = training.index["image_id"].to_numpy(object)
    known = dict(zip(_digests(training, rows), names[rows], strict=True))
    pairs = zip(_digests(found.dataset, found.rows), found.index["image_id"], strict=True)
    return [(str(name), str(known[digest])) for digest, name in pairs if digest in known]


def _digests(data: PreparedDataset, rows: NDArray[np.int64]) -> list[bytes]:
    digests = []
    with RowReader(data.images) as reader:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            batch = np.ascontiguousarray(reader.read(rows[start : start + ROWS_AT_ONCE]))
            digests += [hashlib.blake2b(image.data, digest_size=16).digest() for image in batch]
    return digests
