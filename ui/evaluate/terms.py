"""Tooltips of the Evaluate page: its technical terms in plain words."""

from core.domain.figures import figure_info
from ui import words
from ui.words import Term

TERMS = {
    "dataset": Term(
        "Dataset",
        "The images that the models are put to. They must have been prepared the way the model "
        "learned them; if they were not, the page offers to do it.",
    ),
    "part": Term(
        "Images",
        "Test images were kept aside, so the model has never seen them. On training images every "
        "model looks good.",
    ),
    "several": Term(
        "Several models", "Up to four are laid over each other and compared on the same cases."
    ),
    "threshold": Term(
        "Threshold",
        "From this probability on an image is called positive. Further left fewer positives are "
        "missed and more false alarms are raised. It moves every figure on this page.",
    ),
    "confusion": Term(
        "Confusion matrix",
        "How often each true class (rows) was answered as each class (columns). Right answers lie "
        "on the diagonal. Press a cell to see its images.",
    ),
    "roc": Term(
        "ROC curve",
        "For every threshold: how many positives are found, against how many false alarms that "
        "costs. The shaded band is the 95% interval. Press the curve to see images there.",
    ),
    "precision_recall": Term(
        "Precision-recall curve",
        "For every threshold: how many alarms are right, against how many positives are found. "
        "It depends on how common positives are in this set.",
    ),
    "calibration": Term(
        "Calibration",
        "Whether 80% happens in 80 of 100 cases: a model that means what it says lies on the "
        "dashed line. Dotted: before the correction by temperature. Of more than two classes, the "
        "likeliest one is meant.",
    ),
    "scores": Term(
        "Scores",
        "The probabilities that positive and negative images were given. The less the two hills "
        "overlap, the better. Press a bar to see its images.",
    ),
    "decision": Term(
        "Decision curve",
        "What acting on the model gains over acting on everybody or nobody, by the probability "
        "from which one would act. Higher is better.",
    ),
    "learning": Term("Learning curve", "How training went, epoch by epoch."),
    "subgroups": Term(
        "Groups",
        "The same figures for a part of the images, such as one density. Groups of few patients "
        "are grey: their figures say little.",
    ),
    "baseline": Term(
        "Baselines",
        "Maps that never saw the model. A heatmap that is no better than these shows nothing.",
    ),
    "delong": Term(
        "DeLong test", "How often two equally good models would differ this much by chance."
    ),
    "mcnemar": Term(
        "McNemar test",
        "Whether two models get different numbers of the same cases right, at their thresholds.",
    ),
    "p": Term(
        "p", "How often chance alone would make a difference this large; under 0.05 is rare."
    ),
    "published": Term(
        "Published",
        "Stated by other people in a report, measured on their own data. Never compare to the "
        "third digit.",
    ),
}


def explain(name: str) -> str | None:
    if name in TERMS:
        return TERMS[name].plain
    return words.explain(name) or figure_info(name).plain or None
