"""The life of a run as data: its state, and what its process last said of itself."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    FINISHED = "finished"

    def is_finished(self) -> bool:
        """Nothing more happens unless somebody acts."""
        return self in _ENDED

    def can_resume(self) -> bool:
        return self in _RESUMABLE


_ENDED = {RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED, RunState.FINISHED}
_RESUMABLE = {RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED}


@dataclass(frozen=True)
class Process:
    """Who works on a run. A pid is reused in time, its start time with it is not."""

    pid: int
    started: float
    host: str


@dataclass(frozen=True)
class Best:
    epoch: int
    metric: str
    value: float


@dataclass(frozen=True)
class RunStatus:
    """`state.json`. Times are seconds since 1970; `doing` is a phrase for a person.

    A run that was resumed was at work several times: `begun` is when the last of these
    began, `worked` how many seconds the earlier ones took.
    """

    state: RunState
    reason: str = ""
    doing: str = ""
    process: Process | None = None
    heartbeat: float = 0.0
    queued: float = 0.0
    started: float = 0.0
    begun: float = 0.0
    worked: float = 0.0
    ended: float = 0.0
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    images_per_second: float = 0.0
    seconds_left: float | None = None
    best: Best | None = None
    devices: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def seconds_worked(self) -> float:
        """Without waiting in the queue, and without the time between stopping and resuming."""
        begun = self.begun or self.started
        heard = self.heartbeat or self.ended
        return self.worked + (max(0.0, heard - begun) if begun else 0.0)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "RunStatus":
        values = dict(raw)
        values["state"] = RunState(values["state"])
        values["process"] = Process(**values["process"]) if values.get("process") else None
        values["best"] = Best(**values["best"]) if values.get("best") else None
        for name in ("devices", "notes"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)
