"""Divides a dataset into training, validation and test: whole patients, all classes, by a seed.

A group (a patient, with everyone who shares a copy of an image) goes to one part only.
Groups are dealt out, the largest first, each to the part that lacks its kind of images most.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.dataset import TEST, TRAIN, VALIDATION, SplitInfo
from core.errors import ConfigError, DatasetError

PARTS = (TRAIN, VALIDATION, TEST)
FRACTIONS = (0.70, 0.15, 0.15)
METHODS = ("fractions", "official", "repaired-official", "folds")
DEFAULT = SplitInfo("default", "fractions", seed=0, fractions=FRACTIONS)
COLUMNS = ["image_id", "part", "fold"]
Copies = Mapping[str, str]  # image to the name of its group of copies


def make_split(
    index: pd.DataFrame, info: SplitInfo, copies: Copies | None = None
) -> tuple[SplitInfo, pd.DataFrame]:
    """The table gives each image its part and, with folds, the fold that holds it out.

    With folds, `part` is that of the first fold: its images are the validation part.
    """
    check_seed(info.seed)
    info = replace(info, fractions=_checked(info.fractions))
    groups = group_numbers(index, copies or {})
    notes: list[str] = []
    if info.method == "fractions":
        parts = _dealt(index, groups, info, info.fractions or FRACTIONS)
    elif info.method == "folds":
        return _folds(index, groups, info)
    elif info.method in METHODS:
        parts, notes = _official(index, groups, info)
    else:
        raise ConfigError(
            f"There is no way to split {info.method!r}. Allowed: {', '.join(METHODS)}."
        )
    return _with_notes(info, index, parts, notes), _table(index, parts, None)


def check_seed(seed: int) -> None:
    if seed < 0:
        raise ConfigError(f"The seed {seed} cannot be used. Allowed: a whole number from 0.")


def _checked(fractions: Sequence[float] | None) -> tuple[float, float, float]:
    train, validation, test = fractions or FRACTIONS
    total = train + validation + test
    if min(train, validation, test) < 0 or train <= 0 or not abs(total - 1) < 1e-6:
        raise ConfigError(
            f"The fractions {train}, {validation}, {test} cannot be used. Allowed: three numbers "
            "from 0 for training, validation and test that add up to 1, training not being 0."
        )
    return train, validation, test


def group_numbers(index: pd.DataFrame, copies: Copies) -> NDArray[np.int64]:
    """One number an image; images with the same number must stay together."""
    names = index["group"].fillna(index["patient_id"])
    numbers, _ = pd.factorize(names)
    groups = np.asarray(numbers, dtype=np.int64)
    shared = index["image_id"].map(copies).to_numpy() if copies else np.array([])
    leader = np.arange(groups.max(initial=-1) + 1)
    for _, members in pd.Series(groups).groupby(shared) if copies else ():
        _join(leader, sorted(set(members)))
    while not np.array_equal(leader, leader[leader]):
        leader = leader[leader]
    return leader[groups] if groups.size else groups


def _join(leader: NDArray[np.int64], members: Iterable[int]) -> None:
    roots = [_root(leader, member) for member in members]
    leader[roots] = min(roots)


def _root(leader: NDArray[np.int64], place: int) -> int:
    while leader[place] != place:
        place = int(leader[place])
    return place


def deal(
    groups: NDArray[np.int64],
    strata: NDArray[np.int64],
    fractions: Sequence[float],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """The place in `fractions` of each image."""
    _, group = np.unique(groups, return_inverse=True)
    counts = np.zeros((group.max(initial=-1) + 1, strata.max(initial=-1) + 1))
    np.add.at(counts, (group, strata), 1)
    shares = np.asarray(fractions, dtype=float)
    wanted = shares[:, None] * counts.sum(axis=0)
    lacking, per_image = wanted.copy(), np.divide(1.0, wanted, where=wanted > 0, out=wanted * 0)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    chosen = np.empty(len(counts), dtype=np.int64)
    usable = np.flatnonzero(shares > 0)
    for place in order:
        mine = counts[place]
        need = (lacking * per_image)[usable] @ mine
        total = lacking[usable].sum(axis=1)
        best = usable[np.lexsort((total, np.round(need, 9)))[-1]]
        chosen[place] = best
        lacking[best] -= mine
    return chosen[group]


def _strata(index: pd.DataFrame, by: Sequence[str]) -> NDArray[np.int64]:
    numbers = index.groupby(list(by), sort=False, dropna=False).ngroup()
    return np.asarray(numbers, dtype=np.int64)


def _dealt(
    index: pd.DataFrame,
    groups: NDArray[np.int64],
    info: SplitInfo,
    fractions: Sequence[float],
) -> NDArray[Any]:
    rng = np.random.default_rng(info.seed)
    strata = _strata(index, info.stratified_by)
    return np.array(PARTS, dtype=object)[deal(groups, strata, fractions, rng)]


def _folds(
    index: pd.DataFrame, groups: NDArray[np.int64], info: SplitInfo
) -> tuple[SplitInfo, pd.DataFrame]:
    folds = info.folds or 5
    if folds < 2 or folds > len(np.unique(groups)):
        raise ConfigError(
            f"{folds} folds cannot be made. Allowed: from 2 to the number of patients, "
            f"{len(np.unique(groups))}."
        )
    _, _, test = info.fractions or FRACTIONS
    share = (1 - test) / folds
    rng = np.random.default_rng(info.seed)
    dealt = deal(groups, _strata(index, info.stratified_by), [test, *[share] * folds], rng)
    fold = pd.Series(dealt - 1, dtype="Int64").mask(dealt == 0)
    parts = np.select([dealt == 0, dealt == 1], [TEST, VALIDATION], TRAIN).astype(object)
    return _with_notes(replace(info, folds=folds), index, parts, []), _table(index, parts, fold)


def _official(
    index: pd.DataFrame, groups: NDArray[np.int64], info: SplitInfo
) -> tuple[NDArray[Any], list[str]]:
    official = index["official_split"].to_numpy(dtype=object)
    known = index["official_split"].notna().to_numpy()
    if not known.any():
        raise DatasetError(
            "This set has no official split. Split it by fractions or folds instead."
        )
    both = _on_both_sides(groups, official)
    patients = index.loc[both, "patient_id"].nunique()
    notes = [f"{patients} patients are on both sides of the official split."] if patients else []
    if info.method == "repaired-official" and patients:
        moved = both & (official == TEST)
        official = np.where(both, TRAIN, official)
        notes.append(
            f"All their images are in training: {moved.sum()} came from the official test part."
        )
    train, validation, _ = info.fractions or FRACTIONS
    share = validation / (train + validation)
    parts = official.copy()
    carve = known & (official == TRAIN) & ~(official == VALIDATION).any()
    for rows, fractions in (
        (carve, (1 - share, share, 0.0)),
        (~known, info.fractions or FRACTIONS),
    ):
        if rows.any():
            parts[rows] = _dealt(index[rows], groups[rows], info, fractions)
    return parts, notes


def _on_both_sides(groups: NDArray[np.int64], official: NDArray[Any]) -> NDArray[np.bool_]:
    test = np.unique(groups[official == TEST])
    others = np.unique(groups[(official == TRAIN) | (official == VALIDATION)])
    return np.isin(groups, np.intersect1d(test, others))


def _with_notes(
    info: SplitInfo, index: pd.DataFrame, parts: NDArray[Any], notes: list[str]
) -> SplitInfo:
    table = pd.crosstab(index["class"].to_numpy(), parts)
    for part in PARTS:
        missing: list[str] = [*table.index[table[part] == 0]] if part in table.columns else []
        notes += [f"There is no image of class {name} in the part {part}." for name in missing]
    return replace(info, notes=(*info.notes, *notes))


def _table(index: pd.DataFrame, parts: NDArray[Any], fold: "pd.Series | None") -> pd.DataFrame:
    table = pd.DataFrame({"image_id": index["image_id"].to_numpy(), "part": parts})
    table["fold"] = pd.array([pd.NA] * len(table), dtype="Int64") if fold is None else fold.array
    return table[COLUMNS]


def fold_parts(table: pd.DataFrame, fold: int) -> pd.Series:
    """The parts when `fold` is the one held out; the test part stays what it is."""
    held = (table["fold"] == fold).fillna(False)
    return table["part"].where(table["part"] == TEST, TRAIN).mask(held, VALIDATION)
