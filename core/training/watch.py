"""What a run remembers from epoch to epoch: the best one, how long since a gain, plateaus.

Plain numbers that go into the checkpoint as they are, so a resumed run decides alike.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

from core.domain.training import TrainConfig, higher_is_better

Figures = dict[str, float]

TIE = "validation_loss"  # decides between epochs of equal merit


@dataclass
class Gain:
    """Waits for one measure to improve; what is not a number never does."""

    metric: str
    least: float = 0.0
    value: float | None = None
    waited: int = 0

    def improved(self, figures: Figures) -> bool:
        now = figures.get(self.metric, math.nan)
        if self.value is None:
            better = not math.isnan(now)
        elif higher_is_better(self.metric):
            better = now > self.value + self.least
        else:
            better = now < self.value - self.least
        self.value = now if better else self.value
        self.waited = 0 if better else self.waited + 1
        return better


@dataclass
class Watch:
    best: Gain
    early: Gain
    plateau: Gain
    best_epoch: int = 0
    best_loss: float = math.inf
    cuts: int = 0

    @classmethod
    def of(cls, config: TrainConfig) -> "Watch":
        stop = config.early_stopping
        return cls(Gain(config.best), Gain(stop.metric, stop.least), Gain(config.schedule.metric))

    def new_stage(self, config: TrainConfig) -> None:
        """Only the best is remembered across stages."""
        fresh = Watch.of(config)
        self.early, self.plateau, self.cuts = fresh.early, fresh.plateau, 0

    def see(self, epoch: int, figures: Figures, config: TrainConfig) -> tuple[bool, bool]:
        """Whether this epoch is the best so far, and whether the stage should end."""
        is_best = self.best.improved(figures) or self._same_but_surer(figures)
        if is_best:
            self.best_epoch, self.best_loss = epoch, figures.get(TIE, math.nan)
        if not self.plateau.improved(figures) and self.plateau.waited >= config.schedule.patience:
            self.cuts, self.plateau.waited = self.cuts + 1, 0
        patience = config.early_stopping.patience
        self.early.improved(figures)
        return is_best, bool(patience) and self.early.waited >= patience

    def _same_but_surer(self, figures: Figures) -> bool:
        """An easy set reaches its ceiling early, and the first epoch there is not the best.

        A measure that never was a number (one class alone to validate on) ties all epochs.
        """
        now = figures.get(self.best.metric, math.nan)
        tied = self.best.value is None if math.isnan(now) else now == self.best.value
        surer = figures.get(TIE, math.nan) < self.best_loss
        if tied and surer:
            self.best.waited = 0
        return tied and surer

    def merit(self, figures: Figures) -> tuple[str, float]:
        """What chose this epoch: the measure asked for, or the loss where that is no number."""
        name = TIE if math.isnan(figures.get(self.best.metric, math.nan)) else self.best.metric
        return name, figures[name]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "Watch":
        gains = {name: Gain(**raw[name]) for name in ("best", "early", "plateau")}
        return cls(**{**raw, **gains})
