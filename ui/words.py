"""Plain words for what the pages show: terms explained, and numbers written one way."""

from dataclasses import dataclass

from core.domain.card import Interval

NOTICE = "Research and teaching only, not for diagnosis of patients"


@dataclass(frozen=True)
class Term:
    title: str
    plain: str


GLOSSARY = {
    "mammogram": Term("Mammogram", "An X-ray picture of the breast."),
    "view": Term(
        "View",
        "How the breast was pressed for the picture: CC is seen from above, MLO from the side.",
    ),
    "benign": Term("Benign", "Harmless: a finding that is not cancer."),
    "malignant": Term("Malignant", "Cancer."),
    "benign_without_callback": Term(
        "Benign without callback",
        "So clearly harmless that nobody would be asked back for a second look. "
        "Plain benign findings are usually checked once more.",
    ),
    "probability": Term(
        "Probability",
        "How strongly the model leans towards an answer, from 0% to 100%; all answers together "
        "make 100%. It speaks for images like those the model was tested on, not for a person.",
    ),
    "operating_point": Term(
        "Decision line (operating point)",
        "From this probability on the model raises its alarm. A lower line misses fewer cancers "
        "and raises more false alarms.",
    ),
    "heatmap": Term(
        "Heatmap",
        "Colour laid over the image where it spoke for an answer. It shows where the model "
        "looked, not where a finding ends, and it can be wrong.",
    ),
    "interval": Term(
        "Interval",
        "With other images of the same kind the figure would lie in this range 95 times in 100. "
        "Fewer images make it wider.",
    ),
    "synthetic": Term(
        "Synthetic",
        "Drawn by a computer program, not taken of a person. What is learned and measured on "
        "synthetic images says nothing about patients.",
    ),
    "calibration": Term(
        "Calibration",
        "A correction after training, so that of all images given 80% about 80 in 100 really "
        "belong to that class.",
    ),
    "density": Term(
        "Breast density",
        "How much of the breast is dense tissue, from A (hardly any) to D (nearly all). "
        "Dense tissue is bright and can hide a finding.",
    ),
    "auc": Term(
        "AUC",
        "How well the model ranks: the chance that it gives a positive image a higher "
        "probability than a negative one. 1 is perfect, 0.5 is a coin toss.",
    ),
    "breast_auc": Term(
        "AUC for a breast",
        "As AUC, for whole breasts: the mean answer over the views of a breast, against whether "
        "any of them is positive.",
    ),
    "partial_auc": Term(
        "Partial AUC",
        "AUC over the range of few false alarms only, where screening works. "
        "1 is perfect, 0.5 is a coin toss.",
    ),
    "macro_auc": Term(
        "AUC, mean of the classes", "AUC of each class against all others, averaged."
    ),
    "average_precision": Term(
        "Average precision",
        "How many alarms are right, averaged over all decision lines. "
        "A coin toss scores the share of positive images in the set.",
    ),
    "sensitivity": Term(
        "Sensitivity", "The share of positive images that the model finds at its decision line."
    ),
    "sensitivity_at_specificity_90": Term(
        "Sensitivity at 90% specificity",
        "The share of positive images found when one in ten negative images raises a false alarm.",
    ),
    "specificity_at_sensitivity_90": Term(
        "Specificity at 90% sensitivity",
        "The share of negative images left alone when nine in ten positive images are found.",
    ),
    "specificity": Term(
        "Specificity",
        "The share of negative images that the model rightly leaves alone at its decision line.",
    ),
    "precision": Term("Precision", "The share of the model's alarms that are right."),
    "recall": Term("Recall", "The same as sensitivity: the share of positive images found."),
    "accuracy": Term(
        "Accuracy",
        "The share of right answers. It says little where one class is rare: "
        "always answering the common one scores high.",
    ),
    "balanced_accuracy": Term(
        "Balanced accuracy", "The share of right answers in each class, averaged over the classes."
    ),
    "f1": Term("F1", "Precision and recall in one figure; 1 is perfect."),
    "macro_f1": Term(
        "F1, mean of the classes", "F1 of each class, averaged over the classes; 1 is perfect."
    ),
    "macro_average_precision": Term(
        "Average precision, mean of the classes",
        "Average precision of each class against all others, averaged.",
    ),
    "probabilistic_f1": Term(
        "Probabilistic F1", "F1 reckoned with the probabilities instead of yes and no."
    ),
    "kappa": Term(
        "Cohen's kappa", "Agreement with the truth beyond chance; 0 is chance, 1 is perfect."
    ),
    "mcc": Term(
        "Matthews correlation",
        "How well answers and truth go together, fair to rare classes; 0 is chance, 1 is perfect.",
    ),
    "log_loss": Term(
        "Log loss", "Punishes answers that are sure and wrong; 0 is perfect, lower is better."
    ),
    "brier": Term(
        "Brier score", "How far the probabilities are from the truth, squared; 0 is perfect."
    ),
    "ece": Term(
        "Calibration error",
        "How far the probabilities are from how often they come true, on average; 0 is perfect.",
    ),
}


def explain(name: str) -> str | None:
    """The tooltip of a term; None where there is nothing to explain."""
    term = GLOSSARY.get(name)
    return term.plain if term else None


def title(name: str) -> str:
    """A class, metric or key as a person reads it."""
    term = GLOSSARY.get(name)
    return term.title if term else name.replace("_", " ").capitalize()


def percent(share: float) -> str:
    """Never 0% or 100%, which no model can claim."""
    if share < 0.001:
        return "under 0.1%"
    if share > 0.999:
        return "over 99.9%"
    return f"{share:.1%}"


def figure(value: float) -> str:
    """Three significant digits."""
    if value == 0 or not abs(value) < 1000:
        return f"{value:,.0f}"
    return f"{value:#.3g}".rstrip(".")


def interval(measured: Interval) -> str:
    return f"{figure(measured.low)} to {figure(measured.high)}"


def count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    if seconds < 1:
        return "under a second"
    for size, name in ((3600, "hour"), (60, "minute")):
        if seconds >= size:
            return count(round(seconds / size), name)
    return count(round(seconds), "second")


def joined(words: list[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
