"""Has the model seen these cases, or these patients, or copies of these images before?"""

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.datasets.leakage.check import searched
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import TRAIN
from core.domain.evaluation import Caution, Weight
from core.errors import MammolensError
from core.evaluation import honesty
from core.services import groups
from core.services.cross_copies import Watcher, known_across, search_across
from core.services.judgement import Judgement, own_data, own_parts, patients
from core.training.rows import RowReader

ROWS_AT_ONCE = 256
Rows = NDArray[np.int64]


def overlap(found: Judgement) -> list[Caution]:
    """What is shared with the training data, and what could not be checked."""
    item = found.subject
    if item.out_of_fold:
        return [honesty.out_of_fold(searched(found.dataset))]
    training = _training_data(found)
    if training is None:
        return [_unchecked(item.trained_on)]
    if item.members and _same(found):
        return _of_folds(found)
    learned = _learned(found, training)
    checks = _within(found, learned) if _same(found) else _across(found, training, learned)
    return [caution for caution in checks if caution is not None]


def search_copies(found: Judgement, watch: Watcher = lambda done, total: None) -> None:
    """Looks for near-duplicates, which takes minutes on large sets; `overlap` then knows them."""
    training = _training_data(found)
    if training is not None:
        rows = _fresh(found) if _same(found) else found.rows
        search_across(found.dataset, rows, training, _learned(found, training), watch)


def _same(found: Judgement) -> bool:
    return own_data(found.subject, found.dataset)


def _training_data(found: Judgement) -> PreparedDataset | None:
    if _same(found):
        return found.dataset
    try:
        data = open_prepared(found.subject.trained_on)
    except MammolensError:
        return None
    return data if own_data(found.subject, data) else None


def _parts(found: Judgement, data: PreparedDataset) -> NDArray[np.object_]:
    return own_parts(found.subject, data, found.subject.split).to_numpy(object)


def _learned(found: Judgement, training: PreparedDataset) -> Rows:
    return np.flatnonzero(_parts(found, training) == TRAIN)


def _fresh(found: Judgement) -> Rows:
    """Images of the training part are named as such; these are the others."""
    fresh: Rows = found.rows[_parts(found, found.dataset)[found.rows] != TRAIN]
    return fresh


def _within(found: Judgement, learned: Rows) -> list[Caution | None]:
    data, index = found.dataset, found.dataset.index
    judged = _parts(found, data)[found.rows]
    counts = {str(part): int(n) for part, n in pd.Series(judged).value_counts().items()}
    owners, fresh = patients(index), _fresh(found)
    known = searched(data)
    copies = search_across(data, fresh, data, learned) if known else []
    return [
        honesty.trained_part(found.part, True, counts),
        honesty.shared_patients(owners[learned], pd.Series(owners[fresh])),
        honesty.shared_copies(copies, len(found.rows)),
        None if known else _unsearched(f"python -m core leakage {data.info.name}"),
    ]


def _of_folds(found: Judgement) -> list[Caution]:
    """Each image was learned from by most of the networks, and all were used to choose."""
    learned = int((_parts(found, found.dataset)[found.rows] == TRAIN).sum())
    made = found.subject.card.training if found.subject.card else {}
    group = str(made.get("group", ""))
    group = group if groups.is_group(group) else ""
    caution = honesty.all_folds(learned, len(found.rows), group, found.dataset.info.name)
    return [caution] if caution else []


def _across(found: Judgement, training: PreparedDataset, learned: Rows) -> list[Caution | None]:
    owners = _owners(training, training.index).iloc[learned]
    pairs = known_across(found.dataset, found.rows, training, learned)
    command = (
        f"python -m core evaluate {found.subject.name} --dataset {found.dataset.info.name} "
        "--search-copies"
    )
    equal = _equal_images(found, training, learned) if pairs is None else pairs
    return [
        honesty.shared_patients(owners, _owners(found.dataset, found.index)),
        honesty.shared_copies(equal, len(found.rows)),
        _unsearched(command) if pairs is None else None,
    ]


def _owners(data: PreparedDataset, index: pd.DataFrame) -> pd.Series:
    """Patients of different publishers may have the same number, so the publisher is named.

    Synthetic patients are numbered anew in every set, and are other people each time.
    """
    prefix = data.info.root if data.info.synthetic else data.info.format
    return f"{prefix}:" + index["patient_id"].astype(str)


def _equal_images(
    found: Judgement, training: PreparedDataset, learned: Rows
) -> list[tuple[str, str]]:
    """Prepared the same way, a copy of a file has the same pixels: found in seconds."""
    names = training.index["image_id"].to_numpy(object)
    known = dict(zip(_digests(training, learned), names[learned], strict=True))
    pairs = zip(_digests(found.dataset, found.rows), found.index["image_id"], strict=True)
    return [(str(name), str(known[digest])) for digest, name in pairs if digest in known]


def _digests(data: PreparedDataset, rows: Rows) -> list[bytes]:
    digests = []
    with RowReader(data.images) as reader:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            batch = np.ascontiguousarray(reader.read(rows[start : start + ROWS_AT_ONCE]))
            digests += [hashlib.blake2b(image.data, digest_size=16).digest() for image in batch]
    return digests


def _unchecked(name: str) -> Caution:
    return Caution(
        Weight.NOTE,
        "Overlap with the training data could not be checked",
        f"The training data {name!r} is not at hand, so nobody knows whether its patients or "
        "copies of its images are among these cases.",
    )


def _unsearched(command: str) -> Caution:
    return Caution(
        Weight.NOTE,
        "Near-duplicates of training images were not searched for",
        f"Turned, cropped or brightened copies may be among these cases. Search: {command}",
    )
