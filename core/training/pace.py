"""Takes the steps of an epoch, looking at results a few at a time so that devices need not wait."""

import time
from typing import Any

from core.errors import RunError
from core.training.journal import MOST_BATCH_ROWS, Journal
from core.training.leg import Leg
from core.training.pipeline import Batch
from core.training.progress import Progress
from core.training.reporter import Reporter
from core.training.tally import Tally

MOST_WAITING = 16


class Pace:
    def __init__(
        self, leg: Leg, tally: Tally, progress: Progress, journal: Journal, reporter: Reporter
    ) -> None:
        self._leg, self._tally, self._progress = leg, tally, progress
        self._journal, self._reporter = journal, reporter
        self._waiting: list[tuple[int, Any, Any]] = []
        self._looked = time.monotonic()
        steps = tally.order.steps
        self._look_every = max(1, min(MOST_WAITING, steps // 8))
        epochs = leg.stage.epochs or 1
        self._write_every = max(1, steps * epochs // MOST_BATCH_ROWS)
        self._since_written: list[float] = []
        self._written = progress.step

    def take(self, batch: Batch, rate: float) -> None:
        loss, logits = self._leg.engine.train(batch, rate)
        self._waiting.append((self._progress.step, loss, logits))
        self._progress.next_step()
        if len(self._waiting) >= self._look_every:
            self.look(rate)

    def look(self, rate: float) -> None:
        """Waits for the device."""
        if not self._waiting:
            return
        from keras import ops

        for step, loss, logits in self._waiting:
            self._tally.add(step, float(loss), ops.convert_to_numpy(logits))
            self._since_written.append(float(loss))
        self._refuse_nonsense()
        self._report(rate)
        self._waiting = []

    def _refuse_nonsense(self) -> None:
        bad = self._tally.bad_step(self._progress.step)
        if bad is not None:
            raise RunError(
                f"The loss became {self._tally.losses[bad]} in epoch {self._progress.epoch + 1}, "
                f"step {bad + 1}: the weights have run away. Start again with a lower "
                "learning_rate, or with clip_norm=1. The best epoch so far is kept."
            )

    def _report(self, rate: float) -> None:
        now = time.monotonic()
        order, place = self._tally.order, self._progress
        speed = round(len(self._waiting) * order.batch / max(now - self._looked, 1e-9), 1)
        self._looked = now
        self._reporter.say(step=place.step, images_per_second=speed)
        if len(self._since_written) >= self._write_every:
            self._journal.batch(
                {
                    "step": place.steps_done,
                    "epoch": round(place.epoch + place.step / order.steps, 4),
                    "loss": round(sum(self._since_written) / len(self._since_written), 6),
                    "accuracy": round(self._accuracy(), 6),
                    "learning_rate": rate,
                    "images_per_second": speed,
                }
            )
            self._since_written = []
            self._written = place.step

    def _accuracy(self) -> float:
        targets = self._leg.learning.targets
        return self._tally.accuracy(self._written, self._progress.step, targets)
