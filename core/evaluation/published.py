"""Figures that others published, on their data: shown beside own ones, never instead.

They are as their reports state them, also where a report contradicts itself; then the
caution says so.
"""

from collections.abc import Iterable

from core.domain.evaluation import ClassRow, PublishedResult
from core.evaluation.per_class import per_class

Counts = tuple[tuple[int, ...], ...]

_A = "Breast Cancer Classification Using Mammogram Images for Enhanced Early Detection, MSc report"
_B = "Deep Learning Breast Cancer Detection, BSc report, August 2025"
_C = "Early Detection of Breast Cancer using Deep Learning in Mammograms, 2024"
_D = "Deep Learning Breast Cancer Detection, BSc report, September 2025"
_E = "Deep CNN-based automated detection of anomalies in X-Ray mammograms"
_LESION = "Positive means any lesion in the published labels, not malignant as the report says."
_PREVALENCE = "At 2% positives, always answering no is right in 98% of cases."


def _from_counts(
    system: str,
    model: str,
    source: str,
    data: str,
    figures: dict[str, float],
    classes: tuple[str, ...],
    confusion: Counts,
    caution: str = "",
) -> PublishedResult:
    rows = per_class(confusion, classes).rows
    return PublishedResult(system, model, source, data, figures, rows, confusion, classes, caution)


def _lesion_network(model: str, figures: dict[str, float], confusion: Counts) -> PublishedResult:
    data = "DDSM patches, 13,360 negative and 2,004 positive"
    return _from_counts("B", model, _B, data, figures, ("no_lesion", "lesion"), confusion, _LESION)


def _context_network(model: str, **figures: float) -> PublishedResult:
    precision, sensitivity = figures["precision"], figures["sensitivity"]
    follows = 2 * precision * sensitivity / (precision + sensitivity)
    caution = _PREVALENCE
    if "f1" in figures:
        caution += f" Its precision and recall give an F1 of {follows:.2f}, not {figures['f1']}."
    data = "RSNA 2022 test part at 256 pixels, about 2% positive"
    return PublishedResult("C", model, _C, data, figures, caution=caution)


PUBLISHED: dict[str, tuple[PublishedResult, ...]] = {
    "a-hybrid": (
        _from_counts(
            "A",
            "DenseNet121 + ResNet50",
            _A,
            "Mendeley merged set (INbreast, MIAS, DDSM), already augmented before publication",
            {"accuracy": 0.979, "log_loss": 0.058},
            ("benign", "malignant"),
            ((1600, 53), (50, 2297)),
            "Copies of one image may lie on both sides of its split. Its confusion matrix gives "
            "an accuracy of 0.974, not 0.979.",
        ),
    ),
    "b-patches": (
        _lesion_network("custom CNN", {"accuracy": 0.88}, ((11955, 1405), (512, 1492))),
        _lesion_network("VGG16", {"accuracy": 0.95, "auc": 0.92}, ((12805, 555), (198, 1806))),
        _lesion_network("ResNet50V2", {"accuracy": 0.97, "auc": 0.94}, ((13040, 320), (182, 1822))),
    ),
    "c-context": (
        _context_network("RNN", accuracy=0.97, auc=0.65, precision=0.12, sensitivity=0.21, f1=0.18),
        _context_network(
            "ResNet50", accuracy=0.98, auc=0.70, precision=0.15, sensitivity=0.18, f1=0.28
        ),
        _context_network("CNN", accuracy=0.90, auc=0.62, precision=0.17, sensitivity=0.26),
        PublishedResult(
            "RSNA challenge",
            "winning entries",
            "RSNA Screening Mammography Breast Cancer Detection, Kaggle 2022",
            "hidden test part of the challenge",
            {"probabilistic_f1": 0.55},
            caution="By breast, not by image; about 0.55.",
        ),
    ),
    "d-four-class": (
        PublishedResult(
            "D",
            "four-class CNN",
            _D,
            "CBIS-DDSM (MLO) and MIAS normals, validation part",
            {"accuracy": 0.661},
            (
                ClassRow("normal", None, None, 1.0, 0),
                ClassRow("benign", None, None, 0.205, 0),
                ClassRow("benign_without_callback", None, None, 0.693, 0),
                ClassRow("malignant", None, 0.82, 0.653, 0),
            ),
            caution="All normals come from another scanner, so telling them apart is a shortcut.",
        ),
    ),
    "e-localise": (
        PublishedResult(
            "E",
            "VGGNet",
            _E,
            "DDSM and MIAS patches of 50 x 50",
            {"accuracy": 0.9140, "precision": 0.9655, "sensitivity": 0.9304},
            caution="On patches 0.9253 is also stated as accuracy; whole images are not reported.",
        ),
    ),
}

# The recipe whose question a task asks, for models that no recipe made.
_BY_TASK = {
    "benign-malignant": "a-hybrid",
    "lesion": "b-patches",
    "cancer": "c-context",
    "four-class": "d-four-class",
    "three-class": "e-localise",
}


def published_for(recipe: str | None, task: str) -> tuple[PublishedResult, ...]:
    """Of the recipe's system, or of the system that asked the same question.

    Recipes are named after their system's letter: `b-patches-vgg16` is one of B's.
    """
    system = (recipe or "")[:2]
    of_recipe = next((items for key, items in PUBLISHED.items() if key.startswith(system)), ())
    return of_recipe if system else PUBLISHED.get(_BY_TASK.get(task, ""), ())


def sources() -> Iterable[str]:
    return dict.fromkeys(item.source for items in PUBLISHED.values() for item in items)
