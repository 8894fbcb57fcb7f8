"""What is known about a patient, as numbers; what is not known is said, never guessed."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.cases import FACTS, Metadata
from core.errors import ConfigError

VERSION = 1
DENSITIES = ("A", "B", "C", "D")
MOST_MACHINES = 16


@dataclass(frozen=True)
class ContextEncoder:
    """Fitted on the training patients only, and kept with the model as JSON.

    What it does not read is unknown to the model, of every patient.
    """

    age_mean: float
    age_deviation: float
    machines: tuple[str, ...]  # the most frequent; all others share one place
    reads: tuple[str, ...] = FACTS

    @classmethod
    def fit(cls, patients: Iterable[Metadata], reads: tuple[str, ...] = FACTS) -> "ContextEncoder":
        known = list(patients)
        ages = [m.age for m in known if m.age is not None and np.isfinite(m.age)]
        machines = Counter(m.machine for m in known if m.machine is not None)
        common = sorted(name for name, _ in machines.most_common(MOST_MACHINES))
        mean = float(np.mean(ages)) if ages else 0.0
        deviation = float(np.std(ages)) if ages else 0.0
        return cls(mean, deviation or 1.0, tuple(common), reads)

    @property
    def names(self) -> tuple[str, ...]:
        """What each number says, in order."""
        return (
            "age",
            "age unknown",
            *(f"density {letter}" for letter in DENSITIES),
            "density unknown",
            "implant",
            "implant unknown",
            *(f"machine {name}" for name in self.machines),
            "another machine",
            "machine unknown",
        )

    @property
    def width(self) -> int:
        return len(self.names)

    def encode(self, patient: Metadata) -> NDArray[np.float32]:
        unread: dict[str, Any] = {fact: None for fact in FACTS if fact not in self.reads}
        patient = replace(patient, **unread)
        age = patient.age if patient.age is not None and np.isfinite(patient.age) else None
        scaled = 0.0 if age is None else (age - self.age_mean) / self.age_deviation
        density = (patient.density or "").strip().upper()
        numbers = [scaled, age is None]
        numbers += [density == letter for letter in DENSITIES] + [density not in DENSITIES]
        numbers += [patient.implant is True, patient.implant is None]
        numbers += [patient.machine == name for name in self.machines]
        numbers += [
            patient.machine is not None and patient.machine not in self.machines,
            patient.machine is None,
        ]
        return np.asarray(numbers, np.float32)

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "ContextEncoder":
        try:
            raw = json.loads(text)
            if raw.pop("version") != VERSION:
                raise ConfigError(f"This patient context is not of version {VERSION}.")
            lists = {name: tuple(raw[name]) for name in ("machines", "reads") if name in raw}
            return cls(**{**raw, **lists})
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise ConfigError(f"The patient context cannot be read: {fault}.") from None
