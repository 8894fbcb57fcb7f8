"""The words publishers use for labels, sides, views and the like, and what they mean."""

import re
from functools import lru_cache

from core.domain.cases import FindingKind, Pathology, Side, View

PATHOLOGIES = {
    "normal": Pathology.NORMAL,
    "norm": Pathology.NORMAL,
    "benign": Pathology.BENIGN,
    "b": Pathology.BENIGN,
    "benign_mass": Pathology.BENIGN,
    "benign_masses": Pathology.BENIGN,
    "benign_without_callback": Pathology.BENIGN_WITHOUT_CALLBACK,
    "malignant": Pathology.MALIGNANT,
    "m": Pathology.MALIGNANT,
    "malignant_mass": Pathology.MALIGNANT,
    "malignant_masses": Pathology.MALIGNANT,
}
CANCER = {
    "cancer": True,
    "positive": True,
    "1": True,
    "yes": True,
    "true": True,
    "no_cancer": False,
    "negative": False,
    "0": False,
    "no": False,
    "false": False,
}
SIDES = {"l": Side.LEFT, "left": Side.LEFT, "r": Side.RIGHT, "right": Side.RIGHT}
VIEWS = {"cc": View.CC, "mlo": View.MLO}
KINDS = {
    "mass": FindingKind.MASS,
    "calcification": FindingKind.CALCIFICATION,
    "calcifications": FindingKind.CALCIFICATION,
    "calc": FindingKind.CALCIFICATION,
    "distortion": FindingKind.DISTORTION,
    "architectural_distortion": FindingKind.DISTORTION,
    "asymmetry": FindingKind.ASYMMETRY,
}
DENSITIES = {letter: letter.upper() for letter in "abcd"} | dict(zip("1234", "ABCD", strict=True))


@lru_cache(maxsize=4096)
def word(text: str) -> str:
    """One spelling for `Benign Without-Callback` and `BENIGN_WITHOUT_CALLBACK`."""
    return re.sub(r"[\s\-_]+", "_", text.strip().lower())


@lru_cache(maxsize=4096)
def meaning(label: str) -> tuple[Pathology | None, bool | None]:
    """The pathology a label names and whether it says cancer; None where it does not say."""
    pathology = PATHOLOGIES.get(word(label))
    if pathology:
        return pathology, pathology is Pathology.MALIGNANT
    return None, CANCER.get(word(label))


def side(text: str) -> Side | None:
    return SIDES.get(text.strip().lower())


def view(text: str) -> View | None:
    short = text.strip().lower()
    return VIEWS.get(short, View.OTHER) if short else None


def density(text: str) -> str | None:
    """BI-RADS density as a letter, also where it is numbered 1 to 4."""
    return DENSITIES.get(text.strip().lower().removesuffix(".0"))


def kind(text: str) -> FindingKind:
    return KINDS.get(word(text), FindingKind.OTHER)


def number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def truth(text: str) -> bool | None:
    value = number(text)
    return CANCER.get(word(text)) if value is None else bool(value)
