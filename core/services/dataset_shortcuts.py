"""How well a label is predicted without its image: by scanner, size, brightness or age alone.

Asked before anything is trained, and kept with the dataset, since a model that learns such
a shortcut looks good until it meets another hospital.
"""

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from core.datasets.prepared import INDEX, PreparedDataset
from core.datasets.progress import replace_text
from core.datasets.splits import check_seed
from core.evaluation.sample import make_sample
from core.evaluation.shortcuts import TITLES, candidates, of_patients, shortcuts

FILE = "shortcuts.json"
# A figure so sure to be above this tells more than a model should get for nothing.
TELLING = 0.65
Document = dict[str, Any]


def dataset_shortcuts(dataset: PreparedDataset, *, seed: int = 0) -> Document:
    """From the record, when the table has not changed since it was made."""
    check_seed(seed)
    stamp = {"index": dataset.info.checksums.get(INDEX), "seed": seed, "asked": list(TITLES)}
    kept = known_shortcuts(dataset)
    if kept is not None and kept.get("stamp") == stamp:
        return kept
    document = {"stamp": stamp, **_measure(dataset, seed)}
    replace_text(dataset.path / FILE, json.dumps(document, indent=2))
    return document


def known_shortcuts(dataset: PreparedDataset) -> Document | None:
    """What was measured before; None when nobody has asked yet."""
    try:
        document: Document = json.loads((dataset.path / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document


def _measure(dataset: PreparedDataset, seed: int) -> Document:
    index, classes = dataset.index, dataset.info.classes
    nothing_known = np.full((len(index), len(classes)), 1 / len(classes))
    owners = index["group"].fillna(index["patient_id"])
    sample = make_sample(dataset.targets, nothing_known, owners, classes=classes)
    columns = {**candidates(index), **of_patients(index)}
    found = [asdict(one) for one in shortcuts(sample, columns, seed=seed)]
    telling = [one["name"] for one in found if one["auc"] and one["auc"]["low"] > TELLING]
    return {
        "dataset": dataset.info.name,
        "task": dataset.info.task,
        "images": len(index),
        "patients": sample.n_patients,
        "shortcuts": found,
        "telling": telling,
    }
