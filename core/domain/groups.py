"""Cross-validation as data: what was asked for, and which run works on which fold."""

from dataclasses import asdict, dataclass
from typing import Any

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
