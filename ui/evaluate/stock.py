"""Judgements and evaluations as every session shares them: made once, until something changes."""

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from core import paths
from core.domain.card import Interval
from core.domain.evaluation import Difference, Evaluation, SubgroupTable
from core.domain.heatmaps import HeatmapReport
from core.services import kept_heatmaps
from core.services.answers import answers_file
from core.services.evaluate import AtThreshold, at_threshold, compare, evaluate
from core.services.evaluation_view import groups_at
from core.services.judgement import Judgement, judge
from core.services.operating_points import Suggestion, suggestions, validation_of
from core.services.prepared_sets import open_prepared, stamp
from core.services.subjects import subject

MOST = 12
LARGE = 5000  # cases from which on intervals that follow a slider are drawn fewer times


@dataclass(frozen=True)
class Wish:
    """What a person wants to see judged."""

    models: tuple[str, ...]
    dataset: str
    split: str | None
    part: str | None
    place: str  # the part as it is offered


@dataclass(frozen=True)
class Shown:
    """One model as it stands on the page: what was measured, and what its threshold makes of it."""

    found: Judgement
    evaluation: Evaluation
    now: AtThreshold

    @property
    def name(self) -> str:
        return self.evaluation.judged.model

    @property
    def moved(self) -> bool:
        return self.found.threshold != self.evaluation.judged.point.threshold

    @property
    def titles(self) -> dict[str, str]:
        return {item.name: item.title for item in self.evaluation.judged.classes}

    @property
    def figures(self) -> dict[str, Interval]:
        return self.now.figures


def changed(model: str, wish: Wish) -> tuple[float, ...]:
    """Other numbers as soon as anything that figures rest on has changed."""
    item, data = subject(model), open_prepared(wish.dataset)
    files = [item.model_file, item.model_file.parent / "card.json", answers_file(item, data)]
    files += [data.path / name for name in ("leakage.json", "copy_pairs.parquet")]
    files.append(paths.cache() / "copies")
    files += sorted((data.path / "splits").glob("*.parquet"))
    if item.run:
        files.append(item.run.predictions_file)
    return (stamp(wish.dataset), *(_modified(file) for file in files))


def _modified(file: Path) -> float:
    return file.stat().st_mtime if file.exists() else 0.0


def judgement(model: str, wish: Wish) -> Judgement:
    return _judgement(model, wish, changed(model, wish))


@st.cache_resource(max_entries=MOST, show_spinner="Reading the answers")
def _judgement(model: str, wish: Wish, at: tuple[float, ...]) -> Judgement:
    return judge(model, wish.dataset, split=wish.split, part=wish.part)


def evaluation(found: Judgement, wish: Wish) -> Evaluation:
    name = found.subject.name
    return _evaluation(name, wish, changed(name, wish), found)


@st.cache_resource(max_entries=MOST, show_spinner="Measuring, with intervals")
def _evaluation(model: str, wish: Wish, at: tuple[float, ...], _found: Judgement) -> Evaluation:
    return evaluate(_found)


def shown(model: str, wish: Wish, threshold: float | None) -> Shown:
    as_stored = judgement(model, wish)
    whole = evaluation(as_stored, wish)
    found = as_stored if threshold is None else as_stored.at(threshold)
    draws = 300 if found.sample.n > LARGE else 1000
    now = at_threshold(found, found.threshold, resamples=draws, known=whole.figures)
    return Shown(found, whole, now)


def groups(item: Shown) -> tuple[SubgroupTable, ...]:
    """At the threshold as it stands."""
    known = item.evaluation.subgroups
    if not item.moved:
        return known
    return groups_at(item.found, known)


def at_present(item: Shown, wish: Wish) -> Evaluation:
    """Everything, with all that follows the threshold as it stands now; for a report."""
    whole = item.evaluation
    if item.moved:
        at = (*changed(item.name, wish), item.found.threshold)
        whole = _evaluation(item.name, wish, at, item.found)
    return replace(whole, heatmaps=heatmaps(item))


def heatmaps(item: Shown) -> HeatmapReport | None:
    file = kept_heatmaps.file_of(item.found)
    report = _heatmaps(str(file), _modified(file), item.found)
    return kept_heatmaps.divided_anew(report, item.found) if report else None


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _heatmaps(file: str, at: float, _found: Judgement) -> HeatmapReport | None:
    return kept_heatmaps.kept(_found)


def differences(items: list[Shown], wish: Wish) -> tuple[Difference, ...]:
    """Each model against the first, at the thresholds as they stand."""
    thresholds = tuple(item.found.threshold for item in items)
    stamps = tuple(changed(item.name, wish) for item in items)
    return _differences(wish, thresholds, stamps, [item.found for item in items])


@st.cache_data(max_entries=MOST, show_spinner="Comparing on the same cases")
def _differences(
    wish: Wish,
    thresholds: tuple[float, ...],
    at: tuple[tuple[float, ...], ...],
    _found: list[Judgement],
) -> tuple[Difference, ...]:
    return compare(_found)


def validation(model: str, wish: Wish) -> Judgement:
    """The cases a threshold may be chosen on, where all of them were answered."""
    return _validation(model, changed(model, wish))


@st.cache_resource(max_entries=MOST, show_spinner="Reading the validation answers")
def _validation(model: str, at: tuple[float, ...]) -> Judgement:
    return validation_of(model)


@st.cache_data(max_entries=64, show_spinner=False)
def offers(
    model: str, where: str, at: tuple[float, ...], miss_cost: float, _found: Judgement
) -> tuple[Suggestion, ...]:
    return suggestions(_found, miss_cost=miss_cost)
