"""What a breast holds: which findings, where in the breast, how large and how plain."""

from dataclasses import dataclass

import numpy as np

from core.domain.cases import FindingKind, Pathology

MASS, CALCIFICATION = FindingKind.MASS, FindingKind.CALCIFICATION
SECOND_FINDING_SHARE = 0.07


@dataclass(frozen=True)
class Sort:
    """One sort of finding; `share` among those of its pathology, `radius_mm` its range."""

    name: str
    kind: FindingKind
    pathology: Pathology
    share: float
    radius_mm: tuple[float, float]
    note: str


BENIGN, PLAIN, CANCER = (
    Pathology.BENIGN,
    Pathology.BENIGN_WITHOUT_CALLBACK,
    Pathology.MALIGNANT,
)
SORTS = (
    Sort("circumscribed", MASS, BENIGN, 0.42, (7, 14), "oval, circumscribed"),
    Sort("obscured", MASS, BENIGN, 0.20, (7, 14), "oval, obscured"),
    Sort("coarse", CALCIFICATION, BENIGN, 0.33, (8, 14), "coarse, regional"),
    Sort("asymmetry", FindingKind.ASYMMETRY, BENIGN, 0.05, (10, 16), "focal asymmetry"),
    Sort("spiculated", MASS, CANCER, 0.42, (6, 13), "irregular, spiculated"),
    Sort("irregular", MASS, CANCER, 0.20, (7, 13), "irregular, ill-defined"),
    Sort("pleomorphic", CALCIFICATION, CANCER, 0.33, (7, 14), "fine pleomorphic"),
    Sort("distortion", FindingKind.DISTORTION, CANCER, 0.05, (10, 16), "distortion"),
    Sort("oil-cyst", MASS, PLAIN, 0.30, (5, 11), "oil cyst"),
    Sort("popcorn", CALCIFICATION, PLAIN, 0.28, (6, 12), "popcorn"),
    Sort("fatty", MASS, PLAIN, 0.22, (8, 15), "fat-containing"),
    Sort("vascular", CALCIFICATION, PLAIN, 0.20, (18, 28), "vascular"),
)


@dataclass(frozen=True)
class Lesion:
    """One finding, the same in both views of its breast.

    `place` is depth from the nipple, towards lateral and towards the head, as shares
    of the breast's depth and half height. `plainness` is 1 for a textbook example and
    falls to 0 at the limit of sight.
    """

    sort: Sort
    place: tuple[float, float, float]
    radius_mm: float
    plainness: float
    key: int

    @property
    def pathology(self) -> Pathology:
        return self.sort.pathology


def draw_lesions(
    rng: np.random.Generator, pathology: Pathology, difficulty: float, implant: bool
) -> tuple[Lesion, ...]:
    if pathology is Pathology.NORMAL:
        return ()
    found = [_lesion(rng, pathology, difficulty, implant)]
    if rng.random() < SECOND_FINDING_SHARE:
        lesser = list(Pathology)[1 : 1 + list(Pathology).index(pathology)]
        second = lesser[int(rng.integers(len(lesser)))]
        found.append(_lesion(rng, second, difficulty, implant))
    return tuple(found)


def _lesion(
    rng: np.random.Generator, pathology: Pathology, difficulty: float, implant: bool
) -> Lesion:
    sorts = [sort for sort in SORTS if sort.pathology is pathology]
    shares = np.array([sort.share for sort in sorts])
    sort = sorts[int(rng.choice(len(sorts), p=shares / shares.sum()))]
    deepest = 0.32 if implant else 0.72
    place = (
        float(rng.uniform(0.18, deepest)),
        float(np.clip(rng.normal(0.12, 0.3), -0.6, 0.6)),
        float(np.clip(rng.normal(0.12, 0.3), -0.5, 0.6)),
    )
    plainness = float(np.clip(1 - difficulty + rng.normal(0, 0.18), 0.02, 1))
    low, high = sort.radius_mm
    radius = float(low + (high - low) * rng.beta(1.6, 2.0))
    return Lesion(sort, place, radius, plainness, int(rng.integers(2**31)))
