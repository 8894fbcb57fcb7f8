"""What reaches the same figure without looking at the image?

If the scanner alone tells cancer from no cancer, a network that does may have learned the
scanner. Each property is tried alone on the same cases: its groups (or tenths, for
numbers) are given the share of positives that other patients of the group have.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.domain.card import Interval
from core.domain.evaluation import Shortcut
from core.evaluation.bootstrap import Kind, draw, interval
from core.evaluation.ranking import Ranked, ranked
from core.evaluation.sample import Bools, Floats, Ints, Sample
from core.evaluation.tallies import ratio

FOLDS = 5
RESAMPLES = 300
TENTHS = 10
# A group counts as if it had this many more cases of the common share.
PRIOR = 5.0
UNKNOWN = -1

TITLES = {
    "source": "Source",
    "machine": "Machine",
    "site": "Site",
    "age": "Age",
    "size": "Image size",
    "mean": "Mean brightness",
    "maximum": "Brightest pixel",
    "implant": "Implant",
    "view": "View",
    "images": "Images of the patient",
    "breasts": "Breasts of the patient",
}
TOGETHER = "seen only by a model that reads a patient's images together"
NOTES = {"images": TOGETHER, "breasts": TOGETHER}


def of_patients(index: pd.DataFrame) -> dict[str, pd.Series]:
    """What was selected for a set: a patient with cancer may be shown by one breast alone."""
    owners = index["group"].fillna(index["patient_id"]).reset_index(drop=True)
    found = {"images": owners.map(owners.value_counts())}
    if "laterality" in index and index["laterality"].notna().all():
        sides = index["laterality"].reset_index(drop=True)
        found["breasts"] = sides.groupby(owners).transform("nunique")
    return found


def candidates(index: pd.DataFrame) -> dict[str, pd.Series]:
    """The columns of a prepared dataset that a model should not need."""
    found = {name: index[name] for name in TITLES if name in index}
    if {"source_rows", "source_columns"} <= set(index.columns):
        found["size"] = index["source_rows"].astype(str) + "x" + index["source_columns"].astype(str)
    return {name: found[name].reset_index(drop=True) for name in TITLES if name in found}


def shortcuts(
    sample: Sample, columns: Mapping[str, pd.Series], *, seed: int = 0
) -> tuple[Shortcut, ...]:
    """The best first; of more than two classes, for the class that it tells best from the rest."""
    found = [_shortcut(sample, name, column, seed) for name, column in columns.items()]
    return tuple(sorted(found, key=lambda s: s.auc.value if s.auc else -1.0, reverse=True))


def _shortcut(sample: Sample, name: str, column: pd.Series, seed: int) -> Shortcut:
    title = TITLES.get(name, name)
    if column.isna().all():
        return Shortcut(name, title, None, "not known for any case")
    if column.nunique(dropna=False) < 2:
        return Shortcut(name, title, None, "the same for every case")
    codes = _codes(column)
    areas = {
        label: area
        for label, side in _sides(sample).items()
        if (area := _cross_validated(sample, codes, side, seed)) is not None
    }
    if not areas:
        return Shortcut(name, title, None, "too few patients of each side to say")
    best = max(areas, key=lambda label: areas[label].value)
    told = f"tells {best} from the rest" if len(sample.classes) > 2 else ""
    note = "; ".join(filter(None, (told, NOTES.get(name))))
    return Shortcut(name, title, areas[best], note)


def _sides(sample: Sample) -> dict[str, Bools]:
    if len(sample.classes) == 2:
        return {sample.positive[0]: sample.is_positive}
    return {sample.classes[place]: sample.targets == place for place in sample.occurring}


def _codes(column: pd.Series) -> Ints:
    """Groups as numbers: values where they are words or few, tenths where they are numbers."""
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if numeric and column.nunique() > 2 * TENTHS:
        tenths = pd.qcut(column, TENTHS, labels=False, duplicates="drop")
        return tenths.fillna(UNKNOWN).to_numpy(np.int64)
    codes, _ = pd.factorize(column.astype(str))
    return np.asarray(codes, np.int64)


def _cross_validated(sample: Sample, codes: Ints, side: Bools, seed: int) -> Interval | None:
    """The mean over folds; None where a side has fewer patients than there are folds."""
    scarcer = min(np.unique(sample.patients[rows]).size for rows in (side, ~side))
    if scarcer < FOLDS:
        return None
    folds, groups = _folds(sample, side, seed), int(codes.max()) + 2
    questions = []
    for fold in range(FOLDS):
        held = folds == fold
        if side[held].any() and not side[held].all():
            scores = _shares(codes[~held], side[~held], groups)[codes[held] + 1]
            owners = sample.patients[held]
            questions.append(ranked(scores, side[held], owners, sample.n_patients))
    if not questions:
        return None
    draws = draw(
        lambda weights: {"auc": _mean_area(questions, weights)},
        sample.n_patients,
        sample.n,
        RESAMPLES,
        seed,
    )
    return interval(draws["auc"], Kind(sample.n, scarcer))


def _mean_area(questions: Sequence[Ranked], weights: Floats) -> Floats:
    """Over the folds that have both sides in a draw."""
    areas = np.stack([question.curve(weights).auc() for question in questions])
    known = np.isfinite(areas)
    return ratio(np.where(known, areas, 0.0).sum(axis=0), known.sum(axis=0).astype(np.float64))


def _folds(sample: Sample, side: Bools, seed: int) -> Ints:
    """Whole patients, those with a positive dealt out evenly."""
    with_positive = np.bincount(sample.patients, side, sample.n_patients) > 0
    order = np.random.default_rng(seed).permutation(sample.n_patients)
    order = order[np.argsort(with_positive[order], kind="stable")]
    fold = np.empty(sample.n_patients, np.int64)
    fold[order] = np.arange(sample.n_patients) % FOLDS
    return fold[sample.patients]


def _shares(codes: Ints, side: Bools, groups: int) -> Floats:
    """The share of positives by code, unknown first; codes not seen get the common share."""
    counts = np.bincount(codes + 1, minlength=groups)
    hits = np.bincount(codes + 1, side, minlength=groups)
    shares: Floats = (hits + PRIOR * side.mean()) / (counts + PRIOR)
    return shares
