"""Does this image look like what the model was trained on?

An answer to the wrong question is worse than none: what is plainly no mammogram gets no
result, what looks odd gets a warning above it.
"""

import numpy as np

from core.domain.images import ImageFacts, Mammogram
from core.domain.prediction import Fitness, FitnessReport
from core.preprocessing.breast_shape import measure, oddities
from core.preprocessing.pipeline import Frame
from core.services.catalogue import Bundle
from core.services.likeness import share_nearer

MAMMOGRAPHY = {"MG"}
# Digitised films and older machines file mammograms under these.
PERHAPS = {"CR", "DX", "SC", "OT"}
BREAST = "BREAST"
BLANK_SPREAD = 0.01
LEAST_PIXELS = 128
# This many oddities of its outline, and an image cannot be a mammogram.
TOO_ODD = 2
UNUSUAL = 0.975  # of known images lie nearer


def assess(mammogram: Mammogram, frame: Frame, bundle: Bundle) -> FitnessReport:
    impossible = _impossible(mammogram)
    if impossible:
        return FitnessReport(Fitness.UNFIT, tuple(impossible))
    odd = oddities(measure(mammogram.pixels))
    if len(odd) >= TOO_ODD:
        return FitnessReport(
            Fitness.UNFIT, ("The image does not show a breast as a mammogram does.", *odd)
        )
    doubts = [*_header_doubts(mammogram.facts), *odd, *_unlike(frame, bundle)]
    return FitnessReport(Fitness.DOUBTFUL if doubts else Fitness.FIT, tuple(doubts))


def _impossible(mammogram: Mammogram) -> list[str]:
    facts, pixels = mammogram.facts, mammogram.pixels
    reasons = []
    if facts.modality and facts.modality not in MAMMOGRAPHY and not _perhaps(facts):
        reasons.append(
            f"The file says it is an image of type {facts.modality}, not a mammogram (MG)."
        )
    if facts.colour:
        reasons.append("This is a colour picture; a mammogram is grey.")
    if _spread(mammogram) < BLANK_SPREAD:
        reasons.append("The image is blank: every pixel has nearly the same brightness.")
    if min(facts.rows, facts.columns) < LEAST_PIXELS:
        reasons.append(
            f"The image is only {facts.columns} by {facts.rows} pixels; a mammogram has at "
            f"least {LEAST_PIXELS} each way."
        )
    if not np.isfinite(pixels).all():
        reasons.append("The image holds values that are no numbers.")
    return reasons


def _perhaps(facts: ImageFacts) -> bool:
    return facts.modality in PERHAPS and BREAST in (facts.body_part or "").upper()


def _spread(mammogram: Mammogram) -> float:
    """A few bright pixels, as of a label, do not fill an otherwise empty image."""
    low, high = np.percentile(mammogram.pixels[::4, ::4], (1, 99))
    return float(high - low)


def _header_doubts(facts: ImageFacts) -> list[str]:
    doubts = []
    if facts.modality and facts.modality not in MAMMOGRAPHY:
        doubts.append(
            f"The file says it is an image of the breast of type {facts.modality}, not MG."
        )
    if facts.frames > 1:
        doubts.append(f"The file holds {facts.frames} pictures; only one of them is looked at.")
    return doubts


def _unlike(frame: Frame, bundle: Bundle) -> list[str]:
    return unlike(share_nearer(frame, bundle))


def unlike(share: float | None) -> list[str]:
    """What to say of an image from which this share of known ones lie nearer."""
    if share is None or share < UNUSUAL:
        return []
    if share >= 1:
        return ["To the model it looks unlike every image that it was checked with."]
    return [
        f"To the model it looks more unusual than {share:.1%} of the images that it was "
        "checked with."
    ]
