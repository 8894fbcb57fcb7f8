"""What the steps of an epoch have told so far: logits and losses, by place in the epoch."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.training import epoch_figures
from core.training.checkpoint import Arrays
from core.training.sampler import Order


@dataclass
class Tally:
    order: Order
    logits: NDArray[np.float32]
    losses: NDArray[np.float32]  # of each step

    @classmethod
    def empty(cls, order: Order, outputs: int) -> "Tally":
        logits = np.zeros((len(order.rows), outputs), np.float32)
        return cls(order, logits, np.zeros(order.steps, np.float32))

    def add(self, step: int, loss: float, logits: NDArray[np.generic]) -> None:
        first = step * self.order.batch
        self.logits[first : first + self.order.batch] = logits
        self.losses[step] = loss

    def figures(self, targets: NDArray[np.int64], classes: tuple[str, ...]) -> dict[str, float]:
        """`targets` are those of the whole dataset."""
        real = self.order.real
        told = epoch_figures.each_answer(self.logits[:real], targets[self.order.rows[:real]])
        found = epoch_figures.figures(*told, classes)
        return {"loss": self.loss(), **found}

    def accuracy(self, first: int, last: int, targets: NDArray[np.int64]) -> float:
        """Of the steps from `first` to before `last` alone, for watching within an epoch."""
        begin, end = first * self.order.batch, min(last * self.order.batch, self.order.real)
        told = epoch_figures.each_answer(
            self.logits[begin:end], targets[self.order.rows[begin:end]]
        )
        return epoch_figures.accuracy(*told)

    def loss(self) -> float:
        """Steps count by their images."""
        sizes = [self.order.real_in(step) for step in range(self.order.steps)]
        return float(np.average(self.losses, weights=sizes))

    def bad_step(self, last: int) -> int | None:
        """The first of the steps so far whose loss is not a number."""
        wrong = np.flatnonzero(~np.isfinite(self.losses[:last]))
        return int(wrong[0]) if wrong.size else None

    def arrays(self) -> Arrays:
        return {"logits": self.logits, "losses": self.losses}

    def restore(self, stored: Arrays) -> None:
        if stored:
            self.logits[:] = stored["logits"]
            self.losses[:] = stored["losses"]


def rounded(figures: dict[str, float]) -> dict[str, float]:
    """Seven digits: what float32 holds."""
    return {
        name: value if math.isnan(value) else float(f"{value:.7g}")
        for name, value in figures.items()
    }
