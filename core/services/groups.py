"""Where groups of runs are kept: a folder each, beside the runs that belong to it.

group.json            what was asked for, and the run of each fold
folds.parquet         which fold holds which image out
predictions.parquet   each image's answer by a network that never saw its patient
result.json           the figures that follow from it
"""

import fcntl
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core import paths
from core.domain.groups import Group
from core.domain.runs import RunState, RunStatus
from core.errors import ConfigError, InputError, NotFound
from core.training.atomic import write_text
from core.training.run_folder import RunFolder

GROUP, FOLDS, PREDICTIONS, RESULT = (
    "group.json",
    "folds.parquet",
    "predictions.parquet",
    "result.json",
)
PREFIX = "cv-"


def root() -> Path:
    return paths.workspace() / "groups"


def folder(group_id: str) -> Path:
    return root() / group_id


def new_id() -> str:
    """Named by the time, so that names sort, and unlike the name of any run."""
    stamp = time.strftime(f"{PREFIX}%Y%m%d-%H%M%S")
    for number in range(1000):
        name = stamp if not number else f"{stamp}-{number}"
        try:
            folder(name).mkdir(parents=True)
            return name
        except FileExistsError:
            continue
    raise InputError(f"No free name for a group was found in {root()}. Delete some groups.")


def names() -> list[str]:
    """The newest first."""
    return sorted((file.parent.name for file in root().glob(f"*/{GROUP}")), reverse=True)


def is_group(name: str) -> bool:
    return bool(re.fullmatch(r"[\w-]+", name)) and any(n.startswith(name) for n in names())


def find(name: str) -> Group:
    """By its id, or by the start of one that fits one group only."""
    known = names()
    fitting = [n for n in known if n == name] or [n for n in known if name and n.startswith(name)]
    if len(fitting) != 1:
        few = ", ".join(known[:8]) or "none yet"
        problem = "Several groups begin with" if fitting else "There is no group"
        raise NotFound(f"{problem} {name!r}. The latest: {few}. All: python -m core crossval")
    return read(fitting[0])


def read(group_id: str) -> Group:
    file = folder(group_id) / GROUP
    try:
        return Group.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise ConfigError(f"{file} cannot be read: {fault}. Start the group anew.") from None


def write(group: Group) -> None:
    write_text(folder(group.id) / GROUP, json.dumps(group.to_dict(), indent=2))


@contextmanager
def sole_hand(group_id: str) -> Iterator[None]:
    """Two who go on with a group at once would make its runs twice."""
    with (folder(group_id) / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run_folder(run: str) -> RunFolder | None:
    """None where the run was never made, or has been deleted."""
    found = RunFolder(paths.runs() / run)
    return found if run and found.config_file.is_file() else None


def settled(group: Group) -> bool:
    """Whether all held-out answers are kept, so that its runs may go."""
    return (folder(group.id) / PREDICTIONS).is_file()


def statuses(group: Group) -> list[RunStatus | None]:
    """In the order of the group's runs."""
    found = (run_folder(item.run) for item in group.runs)
    return [run.status() if run else None for run in found]


def state(seen: list[RunStatus | None]) -> RunState:
    """The group's state in the words of a run's."""
    states = {status.state if status else RunState.INTERRUPTED for status in seen}
    for candidate in (
        RunState.STOPPING,
        RunState.RUNNING,
        RunState.QUEUED,
        RunState.FAILED,
        RunState.INTERRUPTED,
        RunState.STOPPED,
    ):
        if candidate in states:
            return candidate
    return RunState.FINISHED if states else RunState.INTERRUPTED
