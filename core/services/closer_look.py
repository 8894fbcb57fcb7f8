"""What a card says beyond its main figures: by group, by breast, and without the image.

Groups with too few patients to say anything are left out.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.domain.card import GroupFigure, Interval
from core.evaluation.figures import measure
from core.evaluation.properties import properties
from core.evaluation.sample import Sample, make_sample
from core.evaluation.shortcuts import shortcuts
from core.evaluation.subgroups import subgroups
from core.services.model_page import BREAST

PROPERTIES = ("machine", "density", "age_band", "view")
BASELINES = ("age", "machine")
FIGURE = "auc"
SIDES = ("other", "positive")
RESAMPLES = 500
ENOUGH = 10  # patients with and without the disease in a group


@dataclass(frozen=True)
class CloserLook:
    by_group: tuple[GroupFigure, ...] = ()
    baselines: dict[str, Interval] = field(default_factory=dict)
    breast: dict[str, Interval] = field(default_factory=dict)


def closer_look(index: pd.DataFrame, sample: Sample, *, breasts: bool = True) -> CloserLook:
    """`index` has a row a case of the sample, in its order."""
    index = index.reset_index(drop=True)
    return CloserLook(
        by_group(index, sample),
        baselines(index, sample),
        per_breast(index, sample) if breasts else {},
    )


def by_group(index: pd.DataFrame, sample: Sample) -> tuple[GroupFigure, ...]:
    kept = _enough(properties(index)[list(PROPERTIES)], sample)
    found = [
        GroupFigure(g.by, g.value, FIGURE, g.cases, g.patients, g.positives, g.figures[FIGURE])
        for split in subgroups(sample, kept, resamples=RESAMPLES)
        for g in split.groups
        if FIGURE in g.figures and not g.small
    ]
    return tuple(sorted(found, key=lambda g: PROPERTIES.index(g.by)))


def _enough(table: pd.DataFrame, sample: Sample) -> pd.DataFrame:
    """Values with enough patients on both sides; measuring the others would take time only."""
    kept = table.copy()
    for name in table.columns:
        enough = set(table[name].dropna())
        for side in (sample.is_positive, ~sample.is_positive):
            owners = pd.Series(sample.patients[side]).groupby(table[name][side].to_numpy())
            counts = owners.nunique()
            enough &= set(counts.index[counts >= ENOUGH])
        kept[name] = table[name].where(table[name].isin(enough), None)
    return kept


def baselines(index: pd.DataFrame, sample: Sample) -> dict[str, Interval]:
    """AUC of what is known without the image, on the same patients."""
    columns = {name: index[name] for name in BASELINES if name in index}
    found = shortcuts(_two_sided(sample), columns)
    return {known.name: known.auc for known in found if known.auc}


def per_breast(index: pd.DataFrame, sample: Sample) -> dict[str, Interval]:
    """The mean answer over the views of a breast, against whether any of them is positive."""
    sides = index["laterality"]
    if sides.isna().any():
        return {}
    table = pd.DataFrame(
        {
            "owner": sample.patients,
            "person": index["patient_id"].astype(str),
            "side": sides.astype(str),
            "score": sample.score,
            "positive": sample.is_positive,
        }
    )
    breasts = table.groupby(["owner", "person", "side"], sort=True, as_index=False).agg(
        score=("score", "mean"), positive=("positive", "max")
    )
    of_breasts = make_sample(
        breasts["positive"].astype(int),
        breasts["score"].clip(0, 1),
        breasts["owner"],
        classes=SIDES,
    )
    found = measure(of_breasts, resamples=RESAMPLES * 2).figures
    return {BREAST: found["auc"]} if "auc" in found else {}


def _two_sided(sample: Sample) -> Sample:
    """Of more than two classes, those that must not be missed against the others."""
    return make_sample(
        sample.is_positive.astype(np.int64),
        sample.score.clip(0, 1),
        sample.patients,
        classes=SIDES,
    )
