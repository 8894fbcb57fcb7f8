"""Whom does the model serve less well? The same figures, group by group."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from core.domain.evaluation import Subgroup, SubgroupTable
from core.domain.figures import PROPERTY_TITLES
from core.evaluation.figures import measure, measure_point
from core.evaluation.properties import OF_FINDINGS
from core.evaluation.sample import Bools, Sample

SHOWN = ("auc", "macro_auc", "sensitivity", "specificity", "accuracy", "balanced_accuracy")
# The gap is measured in the first of these that at least two groups have. Accuracy is not
# among them: it differs between groups with more and with fewer positives anyway.
GAPS_IN = ("auc", "macro_auc", "balanced_accuracy", "specificity", "sensitivity")
SMALL = 20  # patients
MOST_GROUPS = 12
RESAMPLES = 500
REST = "all others"


def subgroups(
    sample: Sample,
    table: pd.DataFrame,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    known: Sequence[SubgroupTable] = (),
) -> tuple[SubgroupTable, ...]:
    """`table` has a column a property, in the order of the sample; largest gaps come first.

    A property with a single known value tells nothing and is left out. `known` are the
    tables at another threshold: figures that do not follow it are taken from there.
    """
    before = {(g.by, g.value): g for one in known for g in one.groups}
    found = [
        _split(sample, _parts(sample, table, name), name, resamples, seed, before)
        for name in table.columns
        if table[name].dropna().nunique() > 1
    ]
    return tuple(sorted(found, key=lambda t: -1.0 if t.gap is None else t.gap, reverse=True))


class _Parts:
    """The rows of each group, and those its figures are measured on."""

    def __init__(self, names: pd.Series, beside: Bools | None) -> None:
        counts = names.value_counts()
        kept = sorted(counts.index[: MOST_GROUPS - (len(counts) > MOST_GROUPS)], key=_in_order)
        joined = names.where(names.isin(kept) | names.isna(), REST)
        order = [*kept, REST] if len(counts) > len(kept) else kept
        self.rows = {name: np.asarray(joined == name, bool) for name in order}
        self.beside = beside
        self.unknown = int(names.isna().sum()) if beside is None else 0
        self.notes: list[str] = []
        if len(counts) > len(kept):
            rare = len(counts) - len(kept)
            self.notes.append(f"The {rare} rarest of {len(counts)} values stand together.")
        if beside is not None:
            self.notes.append("Each group is measured together with all negatives that have none.")

    def measured_on(self, name: str) -> Bools:
        return self.rows[name] if self.beside is None else self.rows[name] | self.beside


def _in_order(name: str) -> tuple[bool, float, str]:
    """Bands by their numbers, "under" first; then words."""
    number = re.search(r"\d+(\.\d+)?", name)
    return not name.startswith("under"), float(number[0]) if number else float("inf"), name


def _parts(sample: Sample, table: pd.DataFrame, name: str) -> _Parts:
    """Findings are had by few negatives: without the others there would be no AUC."""
    beside = None
    if name in OF_FINDINGS and "finding_kind" in table and sample.positive:
        without = np.asarray(table["finding_kind"].isna(), bool)
        beside = without & ~sample.is_positive
    return _Parts(table[name].reset_index(drop=True), beside)


Known = Mapping[tuple[str, str], Subgroup]


def _split(
    sample: Sample, parts: _Parts, by: str, resamples: int, seed: int, known: Known
) -> SubgroupTable:
    groups = tuple(
        _group(sample, parts, by, name, resamples, seed, known.get((by, name)))
        for name in parts.rows
    )
    figure, gap, p = _gap(groups)
    title = PROPERTY_TITLES.get(by, by)
    return SubgroupTable(by, title, groups, figure, gap, p, parts.unknown, tuple(parts.notes))


def _group(
    sample: Sample,
    parts: _Parts,
    by: str,
    name: str,
    resamples: int,
    seed: int,
    known: Subgroup | None,
) -> Subgroup:
    own = sample.take(parts.rows[name])
    cases = sample.take(parts.measured_on(name))
    measured = (measure_point if known else measure)(cases, resamples=resamples, seed=seed)
    figures = {**(known.figures if known else {}), **measured.figures}
    missing = {**(known.missing if known else {}), **measured.missing}
    return Subgroup(
        by,
        name,
        own.n,
        own.n_patients,
        int(own.is_positive.sum()) if sample.positive else 0,
        {key: figures[key] for key in SHOWN if key in figures and key not in measured.missing},
        {key: missing[key] for key in SHOWN if key in missing and key not in measured.figures},
        own.n_patients < SMALL,
    )


def _gap(groups: Sequence[Subgroup]) -> tuple[str, float | None, float | None]:
    """Largest difference between groups that are not small, and how often chance does that.

    Cochran's Q: groups are taken as independent, their errors from the intervals.
    """
    for figure in GAPS_IN:
        found = [g.figures[figure] for g in groups if not g.small and figure in g.figures]
        if len(found) > 1:
            values = np.array([i.value for i in found])
            errors = np.array([(i.high - i.low) / (2 * stats.norm.ppf(0.975)) for i in found])
            p = None
            if (errors > 0).all():
                middle = np.average(values, weights=errors**-2)
                q = float((((values - middle) / errors) ** 2).sum())
                p = float(stats.chi2.sf(q, len(found) - 1))
            return figure, float(np.ptp(values)), p
    return "", None, None
