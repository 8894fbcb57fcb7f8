"""What cross-validation has found: every image answered by a network that never saw its patient.

Answers are calibrated, all folds' alike, on their answers to their validation images together:
those of one fold are few, and a network that happens to answer them badly would be silenced
among the others. One scale for all changes no order, so what patients of one fold's validation
part add to it cannot raise their own AUC. Each fold's threshold is chosen without the
patients it is judged on.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.dataset import TEST, VALIDATION
from core.domain.groups import CrossResult, FoldFigures, FoldRun, Group, Spread
from core.domain.runs import RunState
from core.errors import InputError
from core.evaluation.calibration import to_probabilities
from core.evaluation.figures import RESAMPLES, draws_of, measure_repeated
from core.evaluation.sample import Sample, make_sample
from core.services import groups
from core.services.fitting import Settled, calibrated, positive_score, with_threshold
from core.training.atomic import replacing, write_text
from core.training.epoch_figures import positive_classes
from core.training.predictions import logit_columns
from core.training.run_folder import RunFolder

SHOWN = ("auc", "macro_auc", "sensitivity", "specificity", "accuracy", "balanced_accuracy")


def finished(group: Group) -> list[tuple[FoldRun, RunFolder]]:
    found = [(item, groups.run_folder(item.run)) for item in group.runs]
    return [
        (item, folder)
        for item, folder in found
        if folder
        and folder.status().state is RunState.FINISHED
        and folder.predictions_file.is_file()
    ]


def predictions(group: Group) -> pd.DataFrame:
    """A row for each held-out image and seed: calibrated logits, and by whom.

    Kept with the group as soon as all its runs have finished, so that the runs may go.
    """
    file = groups.folder(group.id) / groups.PREDICTIONS
    if file.is_file():
        return pd.read_parquet(file)
    done = finished(group)
    if not done:
        raise InputError(
            f"No fold of group {group.id} has finished yet. Wait for one, or go on: "
            f"python -m core resume {group.id}"
        )
    answers = [pd.read_parquet(folder.predictions_file) for _, folder in done]
    asked = zip(done, answers, fits(group, answers), strict=True)
    parts = [_held_out(group, item, own, fit) for (item, _), own, fit in asked]
    table = pd.concat(parts, ignore_index=True)
    if len(done) == len(group.runs):
        with replacing(file) as target:
            table.to_parquet(target, index=False)
    return table


def whole(group: Group) -> pd.DataFrame:
    """Of all folds, an image or breast at a time; refused as long as one of them is missing."""
    table = predictions(group)
    if not groups.settled(group):
        raise InputError(
            f"Only {len(finished(group))} of {len(group.runs)} folds of group {group.id} have "
            f"finished. Wait for the others, or go on: python -m core resume {group.id}"
        )
    return table


def fits(group: Group, answers: list[pd.DataFrame]) -> list[Settled]:
    """The scale of all networks' answers, and each one's own threshold: one for each table."""
    known = pd.concat([own[own["part"] == VALIDATION] for own in answers], ignore_index=True)
    judged = [own.loc[own["part"] == TEST, "patient_id"] for own in answers]
    classes = group.training.model.classes
    common = calibrated(known, classes)
    others = [known[~known["patient_id"].isin(owners)] for owners in judged]
    return [with_threshold(common, some, classes) for some in others]


def _held_out(group: Group, item: FoldRun, answers: pd.DataFrame, fitted: Settled) -> pd.DataFrame:
    classes = group.training.model.classes
    held = answers[answers["part"] == TEST].reset_index(drop=True)
    logits = fitted.calibrated(logit_columns(held))
    probabilities = to_probabilities(logits)
    held["predicted"] = np.array(classes, object)[_called(probabilities, classes, fitted)]
    for place, name in enumerate(classes):
        held[f"p_{name}"] = probabilities[:, place]
    for place, shift in enumerate(fitted.shift):
        held[f"logit_{place}"] = logits[:, place]
        held[f"shift_{place}"] = shift
    return held.assign(
        seed=item.seed,
        fold=item.fold,
        run=item.run,
        temperature=fitted.temperature,
        threshold=fitted.threshold,
    )


def _called(
    probabilities: NDArray[np.float64], classes: tuple[str, ...], fitted: Settled
) -> NDArray[np.int64]:
    """The likeliest class on the side of the fold's own threshold where the case falls."""
    above = positive_score(probabilities, classes) >= fitted.threshold
    is_positive = np.array([name in fitted.positive for name in classes])
    allowed = is_positive[None, :] == above[:, None]
    called: NDArray[np.int64] = np.where(allowed, probabilities, -1.0).argmax(axis=1)
    return called


def answers_of(table: pd.DataFrame) -> pd.DataFrame:
    """One row an image or breast: its logits, averaged over the seeds, by its id."""
    names = [name for name in table.columns if name.startswith("logit_")]
    averaged: pd.DataFrame = table.groupby("image_id", sort=True)[names].mean()
    return averaged


def common_threshold(table: pd.DataFrame) -> float:
    """The middle of the folds' own thresholds, each of which knew nothing of its held-out part."""
    return float(table.groupby(["seed", "fold"])["threshold"].first().median())


def result(group: Group, *, resamples: int = RESAMPLES) -> CrossResult:
    """Of the folds that have finished; kept until another one does."""
    file = groups.folder(group.id) / groups.RESULT
    stamp = {
        "runs": "all" if groups.settled(group) else [item.run for item, _ in finished(group)],
        "resamples": resamples,
    }
    kept = _kept(file, stamp)
    if kept is None:
        kept = _measured(group, predictions(group), resamples)
        write_text(file, json.dumps({"of": stamp, "result": kept.to_document()}))
    return kept


def _kept(file: Path, stamp: dict[str, Any]) -> CrossResult | None:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return CrossResult.from_document(raw["result"]) if raw["of"] == stamp else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _measured(group: Group, table: pd.DataFrame, resamples: int) -> CrossResult:
    classes = group.training.model.classes
    threshold = common_threshold(table)
    samples = [sample_of(part, classes, threshold) for part in _alike(table)]
    folds = tuple(_fold(part, classes) for _, part in table.groupby(["seed", "fold"]))
    whole = measure_repeated(samples, resamples=resamples)
    return CrossResult(
        complete=len(folds) == len(group.runs),
        cases=int(table["image_id"].nunique()),
        patients=int(table["patient_id"].nunique()),
        threshold=threshold,
        positive=samples[0].positive,
        folds=folds,
        spread=_spreads(folds),
        pooled=whole.figures,
        missing=whole.missing,
        notes=(*whole.notes, *_notes(group, folds)),
    )


def sample_of(table: pd.DataFrame, classes: tuple[str, ...], threshold: float) -> Sample:
    return make_sample(
        table["class"].map(classes.index),
        to_probabilities(logit_columns(table)),
        table["patient_id"].to_numpy(object),
        classes=classes,
        positive=positive_classes(classes),
        threshold=threshold,
    )


def _alike(table: pd.DataFrame) -> list[pd.DataFrame]:
    """A table a seed, cases in the same order; a seed that lacks cases of another is left out."""
    parts = [part.sort_values("image_id") for _, part in table.groupby("seed")]
    largest = max(parts, key=len)
    return [part for part in parts if part["image_id"].tolist() == largest["image_id"].tolist()]


def _fold(table: pd.DataFrame, classes: tuple[str, ...]) -> FoldFigures:
    first = table.iloc[0]
    sample = sample_of(table, classes, float(first["threshold"]))
    values = {name: float(draw[0]) for name, draw in draws_of(sample, resamples=0).items()}
    return FoldFigures(
        int(first["seed"]),
        int(first["fold"]),
        str(first["run"]),
        sample.n,
        sample.n_patients,
        float(first["threshold"]),
        {name: value for name, value in values.items() if np.isfinite(value)},
    )


def _spreads(folds: tuple[FoldFigures, ...]) -> dict[str, Spread]:
    names = {name: None for fold in folds for name in fold.figures}
    found = {}
    for name in names:
        values = np.array([fold.figures[name] for fold in folds if name in fold.figures])
        deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        low, high = float(values.min()), float(values.max())
        found[name] = Spread(float(values.mean()), deviation, low, high, len(values))
    return found


def _notes(group: Group, folds: tuple[FoldFigures, ...]) -> list[str]:
    notes = []
    if len(folds) < len(group.runs):
        notes.append(
            f"{len(folds)} of {len(group.runs)} folds have finished; the rest is not in here."
        )
    if len(group.seeds) > 1:
        notes.append(
            f"Figures are means over {len(group.seeds)} repetitions, each with folds of its own."
        )
    return notes
