"""The runs that wait: in which order, and how that is changed."""

from dataclasses import replace
from typing import Literal, get_args

from core.domain.runs import RunState, RunStatus
from core.errors import InputError
from core.training import dispatcher
from core.training.run_folder import RunFolder, find_run

Way = Literal["first", "up", "down", "last"]


def way(word: str) -> Way:
    for known in get_args(Way):
        if word == known:
            found: Way = known
            return found
    raise InputError(f"A run moves {', '.join(get_args(Way))}. Received: {word!r}.")


def waiting() -> list[tuple[RunFolder, RunStatus]]:
    """The next to start first; one that is being started is out of the queue."""
    return [(folder, status) for folder, status in dispatcher.queued() if not status.devices]


def move(name: str, way: Way) -> list[str]:
    """The ids in their new order."""
    wanted = find_run(name).id
    with dispatcher.queue_lock():
        line = waiting()
        ids = [folder.id for folder, _ in line]
        if wanted not in ids:
            raise InputError(f"Run {wanted} does not wait in the queue, so it cannot be moved.")
        place = ids.index(wanted)
        goal = {"first": 0, "up": place - 1, "down": place + 1, "last": len(ids) - 1}[way]
        ids.insert(min(max(goal, 0), len(ids) - 1), ids.pop(place))
        _write(line, ids)
    return ids


def _write(line: list[tuple[RunFolder, RunStatus]], ids: list[str]) -> None:
    """The places in the line stay as they are; who stands there changes."""
    times = sorted(status.queued for _, status in line)
    found = {folder.id: (folder, status) for folder, status in line}
    for number, run in enumerate(ids):
        folder, status = found[run]
        # Two queued in one moment would stand in one place.
        moment = times[number] + number * 1e-6
        if folder.written_status().state is RunState.QUEUED and status.queued != moment:
            folder.write_status(replace(status, queued=moment))
