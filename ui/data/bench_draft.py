"""The preprocessing being tried on the bench: a list of steps that a person may change."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from core.domain.preprocess import PreprocessSpec, StepSpec

_numbers = count(1)


@dataclass
class DraftStep:
    """`uid` stays with a step when it moves, and so do its widgets."""

    step: str
    params: dict[str, Any]
    on: bool = True
    uid: int = field(default_factory=lambda: next(_numbers))


@dataclass
class Draft:
    base: PreprocessSpec
    height: int
    width: int
    steps: list[DraftStep]

    @classmethod
    def of(cls, spec: PreprocessSpec) -> "Draft":
        steps = [DraftStep(one.step, dict(one.params)) for one in spec.steps]
        return cls(spec, spec.height, spec.width, steps)

    def spec(self, name: str | None = None) -> PreprocessSpec:
        """What is switched off is left out."""
        base = self.base
        return PreprocessSpec(
            name or base.name,
            tuple(StepSpec(one.step, dict(one.params)) for one in self.steps if one.on),
            self.height,
            self.width,
            base.working_height,
            base.voi,
            base.bits,
            base.scale,
        )

    @property
    def changed(self) -> bool:
        return self.spec() != self.base

    def move(self, uid: int, by: int) -> None:
        at = self._place(uid)
        to = min(max(0, at + by), len(self.steps) - 1)
        self.steps.insert(to, self.steps.pop(at))

    def remove(self, uid: int) -> None:
        del self.steps[self._place(uid)]

    def add(self, step: str) -> None:
        self.steps.append(DraftStep(step, {}))

    def _place(self, uid: int) -> int:
        return next(place for place, one in enumerate(self.steps) if one.uid == uid)
