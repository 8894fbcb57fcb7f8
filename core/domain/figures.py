"""The names of figures, for people: a title, what it means, and what it depends on."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FigureInfo:
    """`plain` is a sentence anyone understands. `group` orders a long list.

    Figures that follow the share of positive cases may not be compared between sets
    whose shares differ; `by_threshold` ones move with the operating point.
    """

    title: str
    plain: str
    group: str
    higher_is_better: bool = True
    follows_prevalence: bool = False
    by_threshold: bool = False


_ORDER, _POINT, _OVERALL, _TRUST = (
    "Ranking, whatever the threshold",
    "At the operating point",
    "Over all classes",
    "Can the probabilities be believed",
)

FIGURES: dict[str, FigureInfo] = {
    "auc": FigureInfo(
        "AUC",
        "How often a positive case gets a higher score than a negative one; 0.5 is guessing.",
        _ORDER,
    ),
    "breast_auc": FigureInfo(
        "AUC for a breast",
        "The AUC of the mean answer over the views of a breast, positive where any of them is.",
        _ORDER,
    ),
    "macro_auc": FigureInfo(
        "AUC, mean of classes", "The AUC of each class against the others, averaged.", _ORDER
    ),
    "partial_auc": FigureInfo(
        "Partial AUC, up to 10% false positives",
        "The AUC where few false alarms are allowed, scaled so that 0.5 is guessing.",
        _ORDER,
    ),
    "average_precision": FigureInfo(
        "Average precision",
        "The area under the precision-recall curve; guessing gives the share of positives.",
        _ORDER,
        follows_prevalence=True,
    ),
    "macro_average_precision": FigureInfo(
        "Average precision, mean of classes",
        "The average precision of each class against the others, averaged.",
        _ORDER,
        follows_prevalence=True,
    ),
    "sensitivity_at_specificity_90": FigureInfo(
        "Sensitivity at 90% specificity",
        "How many positives are found if 10% of the negatives may be false alarms.",
        _ORDER,
    ),
    "specificity_at_sensitivity_90": FigureInfo(
        "Specificity at 90% sensitivity",
        "How many negatives are left alone if 90% of the positives must be found.",
        _ORDER,
    ),
    "sensitivity": FigureInfo(
        "Sensitivity", "The share of positive cases that are found.", _POINT, by_threshold=True
    ),
    "specificity": FigureInfo(
        "Specificity",
        "The share of negative cases that are left alone.",
        _POINT,
        by_threshold=True,
    ),
    "precision": FigureInfo(
        "Precision",
        "The share of positive answers that are right.",
        _POINT,
        follows_prevalence=True,
        by_threshold=True,
    ),
    "f1": FigureInfo(
        "F1",
        "The harmonic mean of precision and sensitivity.",
        _POINT,
        follows_prevalence=True,
        by_threshold=True,
    ),
    "accuracy": FigureInfo(
        "Accuracy",
        "The share of right answers; always naming the commonest class may already score high.",
        _OVERALL,
        follows_prevalence=True,
        by_threshold=True,
    ),
    "balanced_accuracy": FigureInfo(
        "Balanced accuracy",
        "The share of right answers in each class, averaged over classes.",
        _OVERALL,
        by_threshold=True,
    ),
    "macro_f1": FigureInfo(
        "F1, mean of classes",
        "The F1 of each class, averaged.",
        _OVERALL,
        follows_prevalence=True,
        by_threshold=True,
    ),
    "mcc": FigureInfo(
        "Matthews correlation",
        "How answers and truth go together, from -1 over 0 (no relation) to 1.",
        _OVERALL,
        follows_prevalence=True,
        by_threshold=True,
    ),
    "kappa": FigureInfo(
        "Cohen's kappa",
        "Agreement with the truth beyond what chance would give; 0 is chance.",
        _OVERALL,
        follows_prevalence=True,
        by_threshold=True,
    ),
    "probabilistic_f1": FigureInfo(
        "Probabilistic F1",
        "F1 that counts probabilities instead of answers, as in the RSNA 2022 challenge.",
        _TRUST,
        follows_prevalence=True,
    ),
    "log_loss": FigureInfo(
        "Log loss",
        "Punishes confident wrong answers; 0 is perfect.",
        _TRUST,
        higher_is_better=False,
        follows_prevalence=True,
    ),
    "brier": FigureInfo(
        "Brier score",
        "The mean squared error of the probabilities; 0 is perfect.",
        _TRUST,
        higher_is_better=False,
        follows_prevalence=True,
    ),
    "ece": FigureInfo(
        "Expected calibration error",
        "How far stated probabilities lie from what happens, on average; 0 is perfect.",
        _TRUST,
        higher_is_better=False,
    ),
}

_PER_CLASS = ("average_precision", "auc")


def figure_info(key: str, titles: Mapping[str, str] | None = None) -> FigureInfo:
    """Also of `auc_<class>`; `titles` gives classes their names for people."""
    if key in FIGURES:
        return FIGURES[key]
    for stem in _PER_CLASS:
        if key.startswith(f"{stem}_"):
            name = key.removeprefix(f"{stem}_")
            base = FIGURES[stem]
            shown = (titles or {}).get(name, name)
            return FigureInfo(
                f"{base.title}, {shown} against the rest",
                base.plain,
                base.group,
                follows_prevalence=base.follows_prevalence,
            )
    return FigureInfo(key, "", _OVERALL)


# The properties by which figures are split, in the order in which they are shown.
PROPERTY_TITLES = {
    "density": "Breast density",
    "view": "View",
    "laterality": "Side",
    "age_band": "Age",
    "machine": "Machine",
    "site": "Site",
    "source": "Source",
    "implant": "Implant",
    "finding_kind": "Kind of finding",
    "finding_size": "Size of finding",
    "difficulty": "Difficulty",
}
