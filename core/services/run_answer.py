"""Is it learning? One sentence from the figures so far, careful not to say too much."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.domain.runs import RunState
from core.domain.training import higher_is_better
from core.services import run_curves
from core.services.following import Table
from core.services.run_table import RunRow

PATIENT = 5  # epochs without gain that are worth a word
_LEAST_GAP = 0.1


class Mood(StrEnum):
    GOOD = "good"
    UNSURE = "unsure"
    BAD = "bad"
    NONE = "none"  # too early, or nothing to judge


@dataclass(frozen=True)
class Answer:
    """`metric` is the column that chooses the best epoch; `epoch` and `value` are its best."""

    mood: Mood
    sentence: str
    metric: str = ""
    epoch: int = 0
    value: float = float("nan")


def answer(row: RunRow, history: Table) -> Answer:
    if row.fault:
        return Answer(Mood.BAD, row.fault)
    metric = row.metric
    values = history.column(metric)
    best = _best(row, history, values)
    if best is None:
        return Answer(Mood.NONE, _too_early(row, len(history)), metric)
    epochs = history.column("epoch")
    since = int(epochs[-1] - epochs[best])
    mood, sentence = _judge(row, history, values, best, since)
    return Answer(mood, sentence, metric, int(epochs[best]), float(values[best]))


def _best(row: RunRow, history: Table, values: run_curves.Floats) -> int | None:
    """The run's own choice, which weighs epochs of equal merit, as soon as it tells it."""
    told = run_curves.best_place(history, row.status.best.epoch) if row.status.best else None
    if told is not None and values[told] == values[told]:
        return told
    return run_curves.best_so_far(values, row.metric)


def _too_early(row: RunRow, epochs: int) -> str:
    if row.state is RunState.QUEUED:
        return "It waits for its turn."
    if epochs:
        return "No epoch could be judged yet: the validation part lacks one of the classes."
    if row.state.is_finished():
        return "It ended before its first epoch was done."
    return "The first epoch will tell."


def _judge(
    row: RunRow, history: Table, values: run_curves.Floats, best: int, since: int
) -> tuple[Mood, str]:
    over = row.state.is_finished()
    if len(values) < 2:
        return Mood.NONE, "One epoch is done; from the second on it shows."
    if (gap := _overfitting(history)) is not None:
        return Mood.UNSURE, (
            f"It learns its training images by heart: validation loss has risen for {gap} epochs "
            "while training loss fell."
        )
    if _chance(values[best], row.metric):
        yet = "" if over else " yet"
        return Mood.BAD, f"No sign of learning{yet}: the best epoch is no better than a coin toss."
    if _may_be_luck(values[best], row):
        return Mood.UNSURE, (
            f"Too early to say: on {row.judged_on} validation images, figures like this come by "
            "chance too."
        )
    if not _better(values[best], values[0], row.metric):
        return Mood.UNSURE, "The first epoch is still the best."
    if since >= PATIENT:
        last = f"The last {since} epochs brought no gain."
        return Mood.UNSURE, last if over else f"No gain for {since} epochs."
    return Mood.GOOD, "It has learned." if over else "It is learning."


def _overfitting(history: Table) -> int | None:
    """For how many epochs validation loss has been clearly above its least, training falling."""
    outside, inside = history.column("validation_loss"), history.column("loss")
    if not np.isfinite(outside).all() or not np.isfinite(inside).all():
        return None
    # Single epochs jump, which is no rise.
    width = max(3, len(outside) // 10)
    outside, inside = (run_curves.smoothed(one, width) for one in (outside, inside))
    least = int(np.argmin(outside))
    since = len(outside) - 1 - least
    if since < PATIENT:
        return None
    risen = outside[-1] > outside[least] * (1 + _LEAST_GAP)
    return since if risen and inside[-1] < inside[least] else None


def _chance(value: float, metric: str) -> bool:
    return metric.endswith("auc") and value <= 0.55


def _may_be_luck(value: float, row: RunRow) -> bool:
    """Within two standard errors of an AUC without any skill, were the classes balanced."""
    half = row.judged_on / 2
    if not row.metric.endswith("auc") or half < 1:
        return False
    return bool(value < 0.5 + 2 * np.sqrt((2 * half + 1) / (12 * half * half)))


def _better(one: float, other: float, metric: str) -> bool:
    return one > other if higher_is_better(metric) else one < other
