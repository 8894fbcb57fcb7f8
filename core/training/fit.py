"""The training loop: stages of epochs of steps, each of which can be the last or the first.

Written out rather than left to `model.fit`, because every piece of its state goes into
the checkpoint and because it must be the same on every backend.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.domain.dataset import TRAIN, VALIDATION
from core.domain.training import TrainConfig
from core.training import checkpoint, sampler, schedules
from core.training.checkpoint import Arrays, Checkpoint, Values
from core.training.data import RunData
from core.training.journal import Journal
from core.training.keeper import Keeper
from core.training.leg import Leg, make_leg, measuring_batch
from core.training.measure import figures_of, logits_of
from core.training.optimizers import averaged
from core.training.pace import Pace
from core.training.progress import Progress
from core.training.reporter import Reporter
from core.training.tally import Tally, rounded
from core.training.watch import Figures, Watch


@dataclass
class Fit:
    """`stopping` is asked after every step."""

    config: TrainConfig
    data: RunData
    model: Any
    reporter: Reporter
    journal: Journal
    keeper: Keeper
    stopping: Callable[[], bool]
    progress: Progress = field(default_factory=Progress)

    def __post_init__(self) -> None:
        self.watch = Watch.of(self.config)
        self._optimizer: Values = []
        self._tally: Arrays = {}

    def restore(self, stored: Checkpoint) -> None:
        self.progress = Progress(**stored.progress["progress"])
        self.watch = Watch.from_dict(stored.progress["watch"])
        self.keeper.restore(stored)
        self._optimizer, self._tally = stored.optimizer, stored.tally

    def run(self) -> bool:
        """True when all stages are done, False when somebody stopped it."""
        self.journal.begin(self.progress.epoch, self.progress.steps_done)
        while self.progress.stage < len(self.config.legs):
            self.reporter.say(doing="Preparing the network", epochs=self.config.total_epochs)
            leg = self._leg()
            try:
                if not self._stage(leg):
                    return False
                self.progress.next_stage()
                self.watch.new_stage(self.config)
                self.keeper.save(leg, self.progress, self.watch, optimizer=False)
            finally:
                leg.close()
        return True

    def _leg(self) -> Leg:
        stage = self.config.legs[self.progress.stage]
        return make_leg(self.config, stage, self.model, self.data, self.reporter)

    def _stage(self, leg: Leg) -> bool:
        if self._optimizer:
            checkpoint.assign(leg.optimizer.variables, self._optimizer, "optimizer")
            self._optimizer = []
        while self.progress.stage_epoch < (leg.stage.epochs or 1):
            began = time.monotonic()
            tally = self._epoch(leg)
            if tally is None:
                return False
            if self._close_epoch(leg, tally, time.monotonic() - began):
                break
        return True

    def _epoch(self, leg: Leg) -> Tally | None:
        """None when stopped on the way."""
        rows, place = self.data.rows(TRAIN), self.progress
        order = sampler.shuffled(rows, self.data.strata, self.config, place.epoch)
        tally = Tally.empty(order, leg.outputs)
        tally.restore(self._tally)
        self._tally = {}
        self.reporter.say(doing="Learning", step=place.step, steps=order.steps)
        pace = Pace(leg, tally, place, self.journal, self.reporter)
        batches = leg.learning.epoch(order, place.epoch, place.step)
        try:
            for batch in batches:
                rate = self._rate(leg, order.steps)
                pace.take(batch, rate)
                stop = self.stopping()
                if stop or self.keeper.overdue():
                    pace.look(rate)
                    self.keeper.save(leg, place, self.watch, tally)
                if stop:
                    return None
        finally:
            batches.close()
        pace.look(self._rate(leg, order.steps))
        return tally

    def _close_epoch(self, leg: Leg, tally: Tally, seconds: float) -> bool:
        """True when the stage should end early."""
        self.reporter.say(doing="Validating")
        figures = tally.figures(self.data.targets, self.data.classes)
        rate = self._rate(leg, tally.order.steps)
        self.progress.next_epoch()
        with averaged(leg.optimizer, leg.network.head.trainable_variables, leg.engine):
            figures |= {f"validation_{name}": value for name, value in self._validate(leg).items()}
            is_best, enough = self.watch.see(self.progress.epoch, figures, self.config)
            if is_best:
                self.keeper.best(leg)
        if is_best:
            metric, value = self.watch.merit(figures)
            self.reporter.best(self.progress.epoch, metric, value)
            if metric != self.config.best:
                self.reporter.note(
                    f"{self.config.best} cannot be computed on these validation images, so the "
                    f"best epoch is the one with the best {metric}."
                )
        self._write_row(figures, tally, rate, seconds)
        if self.keeper.affordable():
            self.keeper.save(leg, self.progress, self.watch)
        return enough

    def _validate(self, leg: Leg) -> Figures:
        rows = self.data.rows(VALIDATION)
        logits = logits_of(leg.engine, leg.measuring, rows, measuring_batch(self.config))
        return figures_of(logits, self.data.targets[rows], self.config.loss, self.data.classes)

    def _write_row(self, figures: Figures, tally: Tally, rate: float, seconds: float) -> None:
        place = self.progress
        self.journal.epoch(
            {
                "epoch": place.epoch,
                "stage": place.stage + 1,
                "learning_rate": rate,
                "seconds": round(seconds, 3),
                "images_per_second": round(tally.order.real / max(seconds, 1e-9), 1),
                **rounded(figures),
            }
        )
        left = seconds * (self.config.total_epochs - place.epoch)
        self.reporter.say(epoch=place.epoch, step=0, seconds_left=left)

    def _rate(self, leg: Leg, steps: int) -> float:
        place = self.progress
        return schedules.rate(
            self.config.schedule,
            leg.stage.learning_rate or self.config.learning_rate,
            place.stage_epoch + place.step / steps,
            leg.stage.epochs or 1,
            self.watch.cuts,
        )
