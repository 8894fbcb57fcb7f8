"""A run on disk. Its process writes, everyone else reads; the folder is all they share.

config.json       what was asked for, written once
state.json        RunStatus, replaced whole, every second while the process lives
history.csv       one row an epoch
batches.csv       live losses, thinned
checkpoint/       all that resuming needs
model.keras       the best epoch so far
log.txt           what the process printed
predictions.parquet  the best epoch's answers for each validation and test image
"""

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core import paths
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import ConfigError, NotFound
from core.training import last_words
from core.training.atomic import write_text
from core.training.liveness import is_alive


@dataclass(frozen=True)
class RunFolder:
    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def config_file(self) -> Path:
        return self.path / "config.json"

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def history_file(self) -> Path:
        return self.path / "history.csv"

    @property
    def batches_file(self) -> Path:
        return self.path / "batches.csv"

    @property
    def checkpoint_file(self) -> Path:
        return self.path / "checkpoint" / "state.npz"

    @property
    def model_file(self) -> Path:
        return self.path / "model.keras"

    @property
    def log_file(self) -> Path:
        return self.path / "log.txt"

    @property
    def predictions_file(self) -> Path:
        return self.path / "predictions.parquet"

    @property
    def stop_file(self) -> Path:
        """There while somebody wants the run to stop."""
        return self.path / "stop"

    def document(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self.config_file.read_text(encoding="utf-8"))
            return found
        except (OSError, ValueError) as fault:
            raise ConfigError(
                f"{self.config_file} cannot be read: {fault}. Start the run anew."
            ) from None

    def config(self) -> TrainConfig:
        document = self.document()
        if not isinstance(document, dict) or "training" not in document:
            raise ConfigError(f"{self.config_file} holds no settings of a run. Start it anew.")
        return TrainConfig.from_dict(document["training"])

    def written_status(self) -> RunStatus:
        """What the process last said."""
        try:
            return RunStatus.from_dict(json.loads(self.state_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as fault:
            reason = f"state.json cannot be read ({type(fault).__name__})"
            return RunStatus(RunState.INTERRUPTED, reason=reason)

    def status(self) -> RunStatus:
        """What is true now: a process that died could not say so itself."""
        said = self.written_status()
        if said.state.is_finished():
            return said
        if said.state is not RunState.QUEUED and not is_alive(said.process, said.heartbeat):
            # It may have ended well between the two looks.
            again = self.written_status()
            return again if again.state.is_finished() else _interrupted(again)
        if said.state is RunState.RUNNING and self.stop_file.exists():
            return replace(said, state=RunState.STOPPING)
        return said

    def write_status(self, status: RunStatus, *, lasting: bool = True) -> None:
        write_text(self.state_file, json.dumps(status.to_dict()), lasting=lasting)


def _interrupted(said: RunStatus) -> RunStatus:
    ago = f" It was last heard of {_clock(said.heartbeat)}." if said.heartbeat else ""
    reason = f"{last_words.of_the_dead(said)}{ago} Resume it."
    return replace(said, state=RunState.INTERRUPTED, reason=reason, seconds_left=None)


def _clock(moment: float) -> str:
    return time.strftime("on %Y-%m-%d at %H:%M:%S", time.localtime(moment))


def find_run(name: str | Path) -> RunFolder:
    """By id in the workspace, by the start of an id that fits one run, or by its folder."""
    if isinstance(name, Path) or (Path(name) / "config.json").is_file():
        folder = RunFolder(Path(name).resolve())
        if folder.config_file.is_file():
            return folder
    # A whole id is looked up every second by whoever watches; all runs need not be listed.
    exact = RunFolder(paths.runs() / str(name))
    if exact.id == str(name) != ".." and exact.config_file.is_file():
        return exact
    known = [folder.id for folder in all_runs()]
    fitting = [run for run in known if run == name] or [r for r in known if r.startswith(str(name))]
    if len(fitting) == 1 and name:
        return RunFolder(paths.runs() / fitting[0])
    few = ", ".join(known[-8:]) or "none yet"
    problem = "There is no run" if not fitting else "Several runs begin with"
    raise NotFound(f"{problem} {str(name)!r}. The latest: {few}. All: python -m core runs")


def all_runs() -> list[RunFolder]:
    """Oldest first: an id begins with the time at which it was made."""
    return [RunFolder(file.parent) for file in sorted(paths.runs().glob("*/config.json"))]
