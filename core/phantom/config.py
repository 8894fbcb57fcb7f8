"""What a phantom set is made from: one small value, so that a set is known by its parameters."""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from core.domain.cases import Pathology
from core.errors import ConfigError
from core.phantom.looks import LOOKS

EQUAL_SHARES: Mapping[Pathology, float] = MappingProxyType(dict.fromkeys(Pathology, 0.25))
MOST_PATIENTS = 100_000  # more is a slip of the hand
LOWEST, TALLEST = 64, 4096


@dataclass(frozen=True)
class PhantomConfig:
    """A phantom set: `patients` women, four views each.

    `prevalence` is the share of breasts, and so of images, with each pathology.
    `difficulty` runs from 0 (every finding plain) to 1 (many at the limit of sight).
    `machine` makes all images on that one machine instead of a mixture.
    """

    seed: int = 0
    patients: int = 10
    height: int = 1024
    difficulty: float = 0.5
    prevalence: Mapping[Pathology, float] = field(default_factory=lambda: EQUAL_SHARES)
    machine: str | None = None

    def __post_init__(self) -> None:
        _demand(self.seed >= 0, "seed", self.seed, "a whole number from 0")
        _demand(
            1 <= self.patients <= MOST_PATIENTS,
            "patients",
            self.patients,
            f"a whole number from 1 to {MOST_PATIENTS}",
        )
        _demand(
            LOWEST <= self.height <= TALLEST,
            "height",
            self.height,
            f"a whole number from {LOWEST} to {TALLEST}",
        )
        _demand(0 <= self.difficulty <= 1, "difficulty", self.difficulty, "a number from 0 to 1")
        machines = (None, *LOOKS)
        _demand(self.machine in machines, "machine", self.machine, f"one of {machines}")
        known = set(self.prevalence) <= set(Pathology)
        _demand(known, "prevalence", dict(self.prevalence), f"shares of {', '.join(Pathology)}")
        shares = {Pathology(name): float(share) for name, share in self.prevalence.items()}
        usable = all(math.isfinite(s) and s >= 0 for s in shares.values()) and any(shares.values())
        _demand(usable, "prevalence", dict(self.prevalence), "shares from 0, not all of them 0")
        total = sum(shares.values())
        object.__setattr__(self, "prevalence", {p: shares.get(p, 0.0) / total for p in Pathology})

    def __hash__(self) -> int:
        shares = tuple(self.prevalence[pathology] for pathology in Pathology)
        return hash((self.seed, self.patients, self.height, self.difficulty, shares, self.machine))


def _demand(holds: bool, name: str, value: object, allowed: str) -> None:
    if not holds:
        raise ConfigError(
            f"A phantom cannot be made with {name} {value!r}. Allowed: {allowed}. "
            f"Change {name} and try again."
        )


def stream(seed: int, *path: str | int) -> np.random.Generator:
    """Random numbers that depend on nothing but the seed and what they are for."""
    words = [part if isinstance(part, int) else zlib.crc32(part.encode()) for part in path]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))
