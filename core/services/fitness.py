"""Does this image look like what the model was trained on?

An answer to the wrong question is worse than none: what is plainly no mammogram gets no
result, what looks odd gets a warning above it.
"""

import numpy as np

from core.domain.images import Mammogram
from core.domain.prediction import Fitness, FitnessReport
from core.preprocessing.pipeline import Frame
from core.services.catalogue import Bundle

MAMMOGRAPHY = {"MG"}
BLANK_SPREAD = 0.01
LEAST_PIXELS = 128


def assess(mammogram: Mammogram, frame: Frame, bundle: Bundle) -> FitnessReport:
    impossible = _impossible(mammogram)
    if impossible:
        return FitnessReport(Fitness.UNFIT, tuple(impossible))
    doubts = _doubts(mammogram, frame)
    return FitnessReport(Fitness.DOUBTFUL if doubts else Fitness.FIT, tuple(doubts))


def _impossible(mammogram: Mammogram) -> list[str]:
    facts, pixels = mammogram.facts, mammogram.pixels
    reasons = []
    if facts.modality and facts.modality not in MAMMOGRAPHY:
        reasons.append(
            f"The file says it is an image of type {facts.modality}, not a mammogram (MG)."
        )
    if facts.colour:
        reasons.append("This is a colour picture; a mammogram is grey.")
    if float(pixels.max() - pixels.min()) < BLANK_SPREAD:
        reasons.append("The image is blank: every pixel has nearly the same brightness.")
    if min(facts.rows, facts.columns) < LEAST_PIXELS:
        reasons.append(
            f"The image is only {facts.columns} by {facts.rows} pixels; a mammogram has at "
            f"least {LEAST_PIXELS} each way."
        )
    return reasons


def _doubts(mammogram: Mammogram, frame: Frame) -> list[str]:
    dark = float(np.mean(mammogram.pixels < 0.1))
    doubts = []
    if dark < 0.05:
        doubts.append("There is hardly any dark background, which nearly every mammogram has.")
    if frame.mask is not None and frame.mask.mean() < 0.03:
        doubts.append("No breast outline was found.")
    return doubts
