"""Where a run stands: numbers that go into the checkpoint."""

from dataclasses import dataclass


@dataclass
class Progress:
    """`step` counts within the epoch, `stage_epoch` within the stage, the others in all."""

    stage: int = 0
    stage_epoch: int = 0
    epoch: int = 0
    step: int = 0
    steps_done: int = 0

    def next_step(self) -> None:
        self.step += 1
        self.steps_done += 1

    def next_epoch(self) -> None:
        self.epoch += 1
        self.stage_epoch += 1
        self.step = 0

    def next_stage(self) -> None:
        self.stage += 1
        self.stage_epoch = 0
