"""The learning rate of a step: a function of its place in the stage and of past plateaus."""

import math

from core.domain.training import Schedule


def rate(schedule: Schedule, highest: float, epoch: float, epochs: int, cuts: int) -> float:
    """`epoch` is the time since the stage began, such as 1.5; `cuts` counts plateaus."""
    if epoch < schedule.warmup_epochs:
        return highest * max(epoch, 1e-3) / schedule.warmup_epochs
    value = highest
    if schedule.name == "cosine":
        length = max(epochs - schedule.warmup_epochs, 1e-9)
        share = min((epoch - schedule.warmup_epochs) / length, 1.0)
        lowest = min(schedule.minimum, highest)
        value = lowest + (highest - lowest) * (1 + math.cos(math.pi * share)) / 2
    elif schedule.name == "plateau":
        value = highest * schedule.factor**cuts
    return max(value, min(schedule.minimum, highest))
