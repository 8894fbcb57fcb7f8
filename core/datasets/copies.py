"""The copies a leakage check has found in a dataset, kept beside it for the splits to use."""

import pandas as pd

from core.datasets.prepared import PreparedDataset

COPIES = "copies.parquet"


def known_copies(dataset: PreparedDataset) -> dict[str, str]:
    """Image to the name of its group of copies; empty before any check."""
    file = dataset.path / COPIES
    if not file.is_file():
        return {}
    table = pd.read_parquet(file)
    return dict(zip(table["image_id"], table["copies"], strict=True))
