"""Every figure of one model on one set of cases, each with its interval, or why it has none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.domain.card import Interval
from core.evaluation.bootstrap import Kind, draw, interval
from core.evaluation.ranking import Ranked, ranked
from core.evaluation.sample import Bools, Floats, Sample, make_sample
from core.evaluation.tallies import Tallies

RESAMPLES = 1000
MOST_FALSE = 0.1  # the false positive rate up to which the partial area counts
FIXED = 0.9  # the rate at which the other one is read


@dataclass(frozen=True)
class Measured:
    """`missing` says in a sentence why a figure has no value; `notes` what to keep in mind."""

    figures: dict[str, Interval]
    missing: dict[str, str]
    notes: tuple[str, ...] = ()


def figures(
    targets: ArrayLike,
    probabilities: ArrayLike,
    patients: ArrayLike,
    *,
    classes: Sequence[str],
    positive: Sequence[str] = (),
    threshold: float = 0.5,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Interval]:
    """Figures that have a value on these cases; `measure` also tells why others have none."""
    sample = make_sample(
        targets, probabilities, patients, classes=classes, positive=positive, threshold=threshold
    )
    return measure(sample, resamples=resamples, seed=seed).figures


def measure(sample: Sample, *, resamples: int = RESAMPLES, seed: int = 0) -> Measured:
    return _measured(sample, draws_of(sample, resamples=resamples, seed=seed))


def measure_point(sample: Sample, *, resamples: int = RESAMPLES, seed: int = 0) -> Measured:
    """Only what follows from the answers given: a threshold may be moved this quickly."""
    tallies = Tallies(sample)
    return _measured(sample, draw(tallies, sample.n_patients, sample.n, resamples, seed))


def measure_repeated(
    samples: Sequence[Sample], *, resamples: int = RESAMPLES, seed: int = 0
) -> Measured:
    """Averaged over repetitions, which answered the same cases in the same order.

    The average is taken within each draw of patients, so the interval stays one of patients.
    """
    each = [draws_of(sample, resamples=resamples, seed=seed) for sample in samples]
    mean = {name: np.mean([draws[name] for draws in each], axis=0) for name in each[0]}
    return _measured(samples[0], mean)


def _measured(sample: Sample, draws: Mapping[str, Floats]) -> Measured:
    found, missing = {}, {}
    for name, values in draws.items():
        if np.isfinite(values[0]):
            found[name] = interval(values, _kind(name, sample))
        else:
            missing[name] = _reason(name, sample)
    return Measured(found, missing, tuple(_notes(sample)))


def draws_of(sample: Sample, *, resamples: int = RESAMPLES, seed: int = 0) -> dict[str, Floats]:
    """Each figure for each draw of patients, the sample itself first.

    The same patients and seed give the same draws, whatever the model answered.
    """
    return draw(_Everything(sample), sample.n_patients, sample.n, resamples, seed)


class _Everything:
    def __init__(self, sample: Sample) -> None:
        self._tallies = Tallies(sample)
        self._main = _rank(sample, sample.score, sample.is_positive) if sample.positive else None
        self._each = _each_class(sample) if len(sample.classes) > 2 else {}
        self._occurring = [sample.classes[place] for place in sample.occurring]

    def __call__(self, weights: Floats) -> Mapping[str, Floats]:
        found: dict[str, Floats] = {}
        if self._main is not None:
            found |= _of_order(self._main, weights)
        for name, question in self._each.items():
            curve = question.curve(weights)
            found[f"auc_{name}"] = curve.auc()
            found[f"average_precision_{name}"] = curve.average_precision()
        if self._each:
            for figure in ("auc", "average_precision"):
                parts = [found[f"{figure}_{name}"] for name in self._occurring]
                found[f"macro_{figure}"] = np.mean(parts, axis=0)
        return found | self._tallies(weights)


def _rank(sample: Sample, scores: Floats, positive: Bools) -> Ranked:
    return ranked(scores, positive, sample.patients, sample.n_patients)


def _each_class(sample: Sample) -> dict[str, Ranked]:
    return {
        name: _rank(sample, sample.probabilities[:, place], sample.targets == place)
        for place, name in enumerate(sample.classes)
    }


def _of_order(main: Ranked, weights: Floats) -> dict[str, Floats]:
    curve = main.curve(weights)
    return {
        "auc": curve.auc(),
        "average_precision": curve.average_precision(),
        "partial_auc": curve.partial_auc(MOST_FALSE),
        "sensitivity_at_specificity_90": curve.sensitivity_at(FIXED),
        "specificity_at_sensitivity_90": curve.specificity_at(FIXED),
    }


_OF_POSITIVES = {"sensitivity", "f1", "probabilistic_f1"}
_OF_BOTH = {
    "auc",
    "partial_auc",
    "average_precision",
    "sensitivity_at_specificity_90",
    "specificity_at_sensitivity_90",
}
_FROM_MINUS_ONE = {"mcc", "kappa"}
_NO_CEILING = {"log_loss"}
_NOISE_RAISES = {"ece"}


def _kind(name: str, sample: Sample) -> Kind:
    rows, scarce = _measured_on(name, sample)
    # Two halves, each squared, make up to 2 where the classes are more than two.
    brier_ceiling = 1.0 if len(sample.classes) == 2 else 2.0
    return Kind(
        cases=int(rows.sum()),
        patients=scarce,
        lowest=-1.0 if name in _FROM_MINUS_ONE else 0.0,
        highest=np.inf if name in _NO_CEILING else brier_ceiling if name == "brier" else 1.0,
        raised_by_noise=name in _NOISE_RAISES,
    )


def _measured_on(name: str, sample: Sample) -> tuple[Bools, int]:
    """The cases a figure counts, and how many patients stand on its scarcer side."""
    everyone = np.ones(sample.n, bool)
    if name == "specificity":
        return ~sample.is_positive, _owners(sample, ~sample.is_positive)
    if name == "sensitivity":
        return sample.is_positive, _owners(sample, sample.is_positive)
    if name in _OF_POSITIVES:
        return everyone, _owners(sample, sample.is_positive)
    if name == "precision":
        called = sample.in_positive[sample.predicted]
        return called, _owners(sample, called)
    if name in _OF_BOTH:
        return everyone, _scarcer(sample, sample.is_positive)
    for place, known in enumerate(sample.classes):
        if name in (f"auc_{known}", f"average_precision_{known}"):
            return everyone, _scarcer(sample, sample.targets == place)
    if name.startswith(("macro_", "balanced_")):
        return everyone, min(_owners(sample, sample.targets == p) for p in sample.occurring)
    return everyone, sample.n_patients


def _scarcer(sample: Sample, side: Bools) -> int:
    return min(_owners(sample, side), _owners(sample, ~side))


def _owners(sample: Sample, rows: Bools) -> int:
    return int(np.unique(sample.patients[rows]).size)


def _reason(name: str, sample: Sample) -> str:
    group = " or ".join(sample.positive)
    if len(sample.occurring) < 2:
        only = sample.classes[sample.occurring[0]]
        return f"All {sample.n} cases are {only}; this figure needs cases of both sides."
    for place, known in enumerate(sample.classes):
        if name.endswith(f"_{known}") and place not in sample.occurring:
            return f"None of the {sample.n} cases is {known}."
    if sample.positive and not sample.is_positive.any():
        return f"None of the {sample.n} cases is {group}; this figure needs some."
    if sample.positive and sample.is_positive.all():
        return f"All {sample.n} cases are {group}; this figure needs others too."
    if name == "precision":
        return "No case was called positive, so there is no precision."
    return "The model gave every case the same answer, so this figure has no value."


def _notes(sample: Sample) -> list[str]:
    notes = []
    absent = [n for p, n in enumerate(sample.classes) if p not in sample.occurring]
    if absent and len(sample.classes) > 2 and len(sample.occurring) > 1:
        notes.append(f"No case is {' or '.join(absent)}: averages are over the classes that occur.")
    few = {sample.classes[p]: _owners(sample, sample.targets == p) for p in sample.occurring}
    for name, count in few.items():
        if count < 10:
            notes.append(
                f"Only {count} patient{'s have' if count > 1 else ' has'} a case of {name}: "
                "the intervals are wide and rough."
            )
    return notes
