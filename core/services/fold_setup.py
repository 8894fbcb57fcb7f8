"""The folds of a cross-validation: checked before anything begins, and dealt only once."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from core.datasets import folds as dealing
from core.datasets.copies import known_copies
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import TEST
from core.domain.groups import FoldRun, Group
from core.errors import ConfigError, InputError
from core.services import groups
from core.training.atomic import replacing

MOST_RUNS = 500
Watcher = Callable[[int, int], None]


def check(folds: int, seeds: tuple[int, ...], validation: float) -> None:
    if len(set(seeds)) != len(seeds) or not seeds or min(seeds) < 0:
        raise ConfigError(
            f"Seeds must be different whole numbers from 0, at least one. Received: {list(seeds)}."
        )
    if not 0 < validation < 0.9:
        raise ConfigError(
            "The share of the training images that chooses the best epoch must lie between 0 and "
            f"0.9. Received: {validation}."
        )
    if folds * len(seeds) > MOST_RUNS:
        raise ConfigError(
            f"{folds} folds of {len(seeds)} seeds are more than {MOST_RUNS} runs. Ask for fewer."
        )


def dealt(dataset: PreparedDataset, group: Group, watch: Watcher) -> pd.DataFrame:
    """Dealt once: copies that are found later must not move images between folds."""
    file = groups.folder(group.id) / groups.FOLDS
    if not file.is_file():
        if group.training.leakage_check:
            _look_for_copies(dataset, watch)
        made = deal(dataset, group)
        check_folds(dataset, group, made)
        with replacing(file) as target:
            made.to_parquet(target, index=False)
    kept = pd.read_parquet(file).set_index("image_id")
    if not dataset.index["image_id"].isin(kept.index).all():
        raise InputError(
            f"Dataset {dataset.info.name!r} has been made anew since its folds were dealt. Start a "
            "new cross-validation."
        )
    return kept.reindex(dataset.index["image_id"]).reset_index()


def _look_for_copies(dataset: PreparedDataset, watch: Watcher) -> None:
    try:
        from core.datasets.leakage.check import find_copies
    except ImportError:
        return  # each run says which library is missing
    find_copies(dataset, watch=lambda stage, done, total: watch(done, total))


def deal(dataset: PreparedDataset, group: Group) -> pd.DataFrame:
    outside = None
    if group.keep_test:
        outside = np.asarray(dataset.split(group.keep_test) == TEST, bool)
    return dealing.deal_folds(
        dataset.index, group.folds, group.seeds, known_copies(dataset), outside
    )


def check_folds(dataset: PreparedDataset, group: Group, dealt: pd.DataFrame) -> None:
    for item in group.runs:
        split = split_for(dataset, group, dealt, item)
        dealing.check_split(dataset.index, split, item.fold, dataset.info.classes)


def split_for(
    dataset: PreparedDataset, group: Group, dealt: pd.DataFrame, item: FoldRun
) -> pd.DataFrame:
    return dealing.split_of(dataset.index, dealt, item.seed, item.fold, group.validation)


def must_search(group: Group) -> bool:
    if not group.training.leakage_check or (groups.folder(group.id) / groups.FOLDS).is_file():
        return False
    try:
        from core.datasets.leakage.check import searched
    except ImportError:
        return False
    return not searched(open_prepared(group.training.dataset))
