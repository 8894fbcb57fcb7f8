"""How long a run still needs, from the pace of its last epochs, or of its first steps."""

import numpy as np

from core.domain.runs import RunState, RunStatus
from core.services.following import Table

_LAST = 3  # epochs that tell the pace


def seconds_left(status: RunStatus, epochs: int, batch_size: int, history: Table) -> float | None:
    """None where nothing tells it yet; early stopping may end the run before."""
    if status.state is not RunState.RUNNING or not epochs:
        return None
    within = min(1.0, status.step / status.steps) if status.steps else 0.0
    each = _seconds_an_epoch(status, batch_size, history)
    return None if each is None else max(0.0, (epochs - status.epoch - within) * each)


def _seconds_an_epoch(status: RunStatus, batch_size: int, history: Table) -> float | None:
    seconds = history.column("seconds")[-_LAST:]
    if len(seconds) and np.isfinite(seconds).any():
        return float(np.nanmean(seconds))
    if not status.steps or status.images_per_second <= 0:
        return None
    return status.steps * batch_size / status.images_per_second
