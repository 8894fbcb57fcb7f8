"""Who is in a phantom set: age, density, machine, anatomy and what each breast holds.

Nothing here looks at an image. A person depends on the seed and on her number alone,
so that any worker can make any patient and all agree.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.domain.cases import Pathology, Side, worst
from core.phantom.config import PhantomConfig, stream
from core.phantom.looks import LOOKS, Look
from core.phantom.plan import Lesion, draw_lesions

GOLDEN = (5**0.5 - 1) / 2
TYPICAL_AGE = {
    Pathology.NORMAL: 55.0,
    Pathology.BENIGN_WITHOUT_CALLBACK: 57.0,
    Pathology.BENIGN: 51.0,
    Pathology.MALIGNANT: 59.0,
}
DENSITIES = "ABCD"
IMPLANT_SHARE = 0.03


@dataclass(frozen=True)
class Person:
    patient_id: str
    age: int
    density: str
    implant: bool
    look: Look
    lesions: dict[Side, tuple[Lesion, ...]]

    def pathology(self, side: Side) -> Pathology:
        return worst([lesion.pathology for lesion in self.lesions[side]])


def person(config: PhantomConfig, index: int) -> Person:
    rng = stream(config.seed, index, "person")
    pair = _pair_of_breasts(config, index)
    age = _age(rng, worst(list(pair.values())))
    density = _density(rng, age)
    implant = bool(rng.random() < IMPLANT_SHARE)
    look = _machine(rng, config)
    lesions = {
        side: draw_lesions(
            stream(config.seed, index, "lesions", side), pathology, config.difficulty, implant
        )
        for side, pathology in pair.items()
    }
    return Person(f"P{index + 1:05d}", age, density, implant, look, lesions)


def _age(rng: np.random.Generator, pathology: Pathology) -> int:
    return int(np.clip(round(rng.normal(TYPICAL_AGE[pathology], 9.5)), 35, 89))


def _density(rng: np.random.Generator, age: int) -> str:
    """Breasts lose dense tissue with age."""
    decades = (age - 55) / 10
    weights = np.array([0.12, 0.40, 0.38, 0.10]) * np.exp(
        np.array([0.5, 0.2, -0.2, -0.5]) * decades
    )
    return DENSITIES[int(rng.choice(4, p=weights / weights.sum()))]


def _machine(rng: np.random.Generator, config: PhantomConfig) -> Look:
    mixture = [look for look in LOOKS.values() if look.share > 0]
    shares = np.array([look.share for look in mixture])
    drawn = mixture[int(rng.choice(len(mixture), p=shares / shares.sum()))]
    return LOOKS[config.machine] if config.machine else drawn


def _pair_of_breasts(config: PhantomConfig, index: int) -> dict[Side, Pathology]:
    """Walks evenly through all pairs, so that a few patients already hold every class."""
    start = stream(config.seed, "pairs").random()
    pairs = _pair_shares(tuple(config.prevalence[p] for p in Pathology))
    drawn = int(np.searchsorted(np.cumsum(pairs), (start + index * GOLDEN) % 1, side="right"))
    left, right = divmod(min(drawn, pairs.size - 1), len(Pathology))
    kinds = tuple(Pathology)
    return {Side.LEFT: kinds[left], Side.RIGHT: kinds[right]}


@lru_cache(maxsize=64)
def _pair_shares(shares: tuple[float, ...]) -> np.ndarray:
    """How often the two breasts of a patient hold each pair of pathologies.

    Cancer on both sides is rare and two normal breasts are common; subject to that,
    each breast holds each pathology as often as the shares say (Sinkhorn's method).
    """
    kinds = tuple(Pathology)
    wanted = np.array(shares)
    pairs = np.outer(wanted > 0, wanted > 0).astype(float)
    pairs[kinds.index(Pathology.NORMAL), kinds.index(Pathology.NORMAL)] *= 2
    pairs[kinds.index(Pathology.MALIGNANT), kinds.index(Pathology.MALIGNANT)] *= 0.05
    for _ in range(200):
        pairs *= np.divide(wanted, pairs.sum(1), out=np.zeros(4), where=wanted > 0)[:, None]
        pairs *= np.divide(wanted, pairs.sum(0), out=np.zeros(4), where=wanted > 0)[None, :]
    return pairs.ravel()
