"""What must be said beside a figure, so that nobody is fooled by it."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from core.domain.card import Interval, OperatingPoint
from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.domain.evaluation import Caution, Context, Shortcut, Weight
from core.evaluation.sample import Sample

EXAMPLES = 8
# On real data such figures have so far turned out to be leakage or a shortcut.
TOO_GOOD = 0.97
# A property this close to the model's AUC may be all that the model has learned.
NEARLY = 0.05
TELLING = 0.65


def shared_patients(trained_on: Iterable[str], judged: pd.Series) -> Caution | None:
    """`trained_on` and `judged` name patients in the same way."""
    known = set(trained_on)
    both = sorted({str(p) for p in judged} & known)
    if not both:
        return None
    images = int(judged.astype(str).isin(both).sum())
    return Caution(
        Weight.SERIOUS,
        "Patients the model was trained on",
        f"{len(both)} of {judged.nunique()} patients ({images} of {len(judged)} images) were also "
        "in the training data. The figures are too good; split by patient and evaluate again.",
        tuple(both[:EXAMPLES]),
    )


def shared_copies(pairs: Sequence[tuple[str, str]], images: int) -> Caution | None:
    """`pairs` name a judged image and the training image it is a copy of."""
    if not pairs:
        return None
    judged = sorted({first for first, _ in pairs})
    return Caution(
        Weight.SERIOUS,
        "Copies of training images",
        f"{len(judged)} of {images} images are near-duplicates of images the model was trained "
        "on. The figures are too good; keep copies together when splitting.",
        tuple(f"{first} = {second}" for first, second in pairs[:EXAMPLES]),
    )


def trained_part(part: str | None, same_dataset: bool, parts: Mapping[str, int]) -> Caution | None:
    """`parts` counts the judged images by their part in the model's own split."""
    seen = parts.get(TRAIN, 0)
    if not same_dataset or not seen:
        if same_dataset and parts.get(VALIDATION, 0):
            return Caution(
                Weight.NOTE,
                "Images that choices were made on",
                f"{parts[VALIDATION]} images are of the part that chose the best epoch, the "
                "temperature or the operating point; figures on them are a little too good.",
            )
        return None
    return Caution(
        Weight.SERIOUS,
        "Images the model was trained on",
        f"{seen} of {sum(parts.values())} images are of the model's own training part. "
        f"Evaluate on the part {TEST!r}; this was measured on {part or 'all images'}.",
    )


def out_of_fold(copies_searched: bool) -> Caution:
    """What was judged is not one network, which a reader must know."""
    unsearched = "" if copies_searched else " Copies of images in other folds were not looked for."
    return Caution(
        Weight.NOTE,
        "Out of fold",
        "Each image was answered by a network that never saw its patient; what is measured is the "
        f"way of training, not one network.{unsearched}",
    )


def all_folds(learned: int, judged: int, group: str, dataset: str) -> Caution | None:
    """`learned` of the judged images took part in the cross-validation the model is made of.

    Without a `group` it is no longer at hand.
    """
    if not learned:
        return None
    instead = (
        "What its networks did with patients they had never seen: "
        f"python -m core evaluate {group} --dataset {dataset}"
        if group
        else "Its card tells what its networks did with patients they had never seen."
    )
    return Caution(
        Weight.SERIOUS,
        "Images the model was trained on",
        f"{learned} of {judged} images are of the folds this model is made of: each was learned "
        f"from by some of its networks, so the figures are much too good. {instead}",
    )


def point_chosen_here(point: OperatingPoint, part: str | None) -> Caution | None:
    chosen = point.chosen_on.partition(" ")[0]
    if not (chosen == "all" or (chosen == TEST and part in (TEST, None))):
        return None
    return Caution(
        Weight.SERIOUS,
        "Threshold chosen on these cases",
        "The operating point was chosen on the very cases it is reported on, so every figure at "
        "it is too good. Choose it on validation cases.",
    )


def synthetic(is_synthetic: bool) -> Caution | None:
    if not is_synthetic:
        return None
    return Caution(
        Weight.NOTE,
        "Synthetic data",
        "These are computer-made images. The figures say nothing about real patients.",
    )


def too_good(figures: Mapping[str, Interval], is_synthetic: bool) -> Caution | None:
    auc = figures.get("auc") or figures.get("macro_auc")
    if is_synthetic or auc is None or auc.value < TOO_GOOD:
        return None
    return Caution(
        Weight.NOTE,
        "Too good to be true?",
        f"Audited systems on real mammograms reach an AUC of 0.65 to 0.90; {auc.value:.3f} is most "
        "often leakage (copies or patients on both sides) or a shortcut such as the scanner.",
    )


def telling_shortcuts(found: Sequence[Shortcut], figures: Mapping[str, Interval]) -> Caution | None:
    own = figures.get("auc") or figures.get("macro_auc")
    reach = max(TELLING, own.value - NEARLY) if own else TELLING
    # Of many properties tried on few cases, one looks good by chance: its interval must agree.
    areas = [(s, s.auc) for s in found if s.auc and s.auc.value >= reach and s.auc.low > 0.5]
    if not areas:
        return None
    named = "; ".join(
        f"{s.title} {auc.value:.3f}{f' ({s.note})' if s.note else ''}" for s, auc in areas
    )
    return Caution(
        Weight.SERIOUS,
        "A shortcut does nearly as well",
        f"Without looking at the image, these alone reach an AUC close to the model's: {named}. "
        "The model may have learned them instead of the disease.",
        tuple(s.name for s, _ in areas),
    )


def context(sample: Sample, found: tuple[Shortcut, ...] = ()) -> Context:
    """What accuracy and precision must be read against."""
    shares = np.bincount(sample.targets, minlength=len(sample.classes)) / sample.n
    commonest = int(shares.argmax())
    prevalence = float(sample.is_positive.mean()) if sample.positive else None
    return Context(prevalence, sample.classes[commonest], float(shares[commonest]), found)


def low_accuracy(figures: Mapping[str, Interval], seen: Context) -> Caution | None:
    accuracy = figures.get("accuracy")
    if accuracy is None or accuracy.low > seen.majority_accuracy:
        return None
    return Caution(
        Weight.NOTE,
        "Accuracy means little here",
        f"Always answering {seen.majority} would be right in {seen.majority_accuracy:.1%} of "
        f"cases; the model's accuracy of {accuracy.value:.1%} is not clearly above that.",
    )
