"""What a model made of all folds has learned from: everything that took part in any of them."""

import numpy as np
import pandas as pd

from core.datasets.folds import column
from core.datasets.prepared import PreparedDataset
from core.domain.dataset import TEST, TRAIN
from core.services import groups
from core.services.subjects import Subject


def fold_parts(item: Subject, data: PreparedDataset) -> pd.Series:
    """Only what was kept aside from all folds is a test for it; the rest is training data."""
    parts = np.where(_took_part(item, data), TRAIN, TEST).astype(object)
    return pd.Series(parts)


def _took_part(item: Subject, data: PreparedDataset) -> pd.Series:
    made = item.card.training if item.card else {}
    dealt = groups.folder(str(made.get("group"))) / groups.FOLDS
    if dealt.is_file():
        seed = int(made["seeds"][0])
        fold = pd.read_parquet(dealt).set_index("image_id")[column(seed)]
        return fold.reindex(data.index["image_id"]).fillna(0).reset_index(drop=True) > 0
    if item.split in data.split_names():
        return data.split(item.split).reset_index(drop=True) != TEST
    return pd.Series(True, index=range(len(data.index)))
