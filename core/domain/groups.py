"""Cross-validation as data: what was asked for, which run has which fold, and what came of it."""

from dataclasses import asdict, dataclass
from typing import Any

from core.domain.card import Interval
from core.domain.training import TrainConfig


@dataclass(frozen=True)
class FoldRun:
    """`run` is empty until the run has been made."""

    seed: int
    fold: int
    run: str = ""


@dataclass(frozen=True)
class Group:
    """`group.json`. Each seed deals the folds anew and is the seed of its runs.

    `validation` is the share of what is learned from that chooses the best epoch;
    `keep_test` names a split whose test part takes no part at all.
    """

    id: str
    created: float
    training: TrainConfig
    folds: int
    seeds: tuple[int, ...]
    validation: float
    keep_test: str = ""
    title: str = ""
    runs: tuple[FoldRun, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"version": 1, **asdict(self), "training": self.training.to_dict()}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "Group":
        values = {name: value for name, value in raw.items() if name != "version"}
        return cls(
            **{
                **values,
                "training": TrainConfig.from_dict(raw["training"]),
                "seeds": tuple(raw["seeds"]),
                "runs": tuple(FoldRun(**item) for item in raw["runs"]),
            }
        )


@dataclass(frozen=True)
class FoldFigures:
    """At the fold's own threshold; a figure without a value is left out."""

    seed: int
    fold: int
    run: str
    cases: int
    patients: int
    threshold: float
    figures: dict[str, float]


@dataclass(frozen=True)
class Spread:
    """Of a figure from fold to fold."""

    mean: float
    deviation: float
    lowest: float
    highest: float
    folds: int


@dataclass(frozen=True)
class CrossResult:
    """`pooled` is measured on all held-out answers together, patients drawn again."""

    complete: bool
    cases: int
    patients: int
    threshold: float
    positive: tuple[str, ...]
    folds: tuple[FoldFigures, ...]
    spread: dict[str, Spread]
    pooled: dict[str, Interval]
    missing: dict[str, str]
    notes: tuple[str, ...]

    def to_document(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_document(cls, raw: dict[str, Any]) -> "CrossResult":
        return cls(
            **{
                **raw,
                "positive": tuple(raw["positive"]),
                "folds": tuple(FoldFigures(**item) for item in raw["folds"]),
                "spread": {name: Spread(**item) for name, item in raw["spread"].items()},
                "pooled": {name: Interval(**item) for name, item in raw["pooled"].items()},
                "notes": tuple(raw["notes"]),
            }
        )
