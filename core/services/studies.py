"""Tuning: a study asks for runs with varied settings, and learns from how they do.

A study is a folder of the workspace: `study.json` says what was asked for, `study.db` is
Optuna's own storage, a `worker-*.json` stands for each process at work. Stopping, resuming
and adding workers only start and end processes; what was learned stays.
"""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core import paths
from core.datasets.naming import ALLOWED
from core.datasets.prepared import open_prepared
from core.domain.training import TrainConfig, higher_is_better
from core.domain.tuning import Parameter, StudyPlan, Trial
from core.errors import ConfigError, InputError, NotFound
from core.services import preflight, runs, study_crew, study_store
from core.services.study_crew import Worker
from core.training import processes, search_spaces
from core.training.atomic import write_text
from core.training.run_folder import RunFolder

PLAN, STOP, PROBLEM, LOG = "study.json", "stop", "problem.txt", "log.txt"
WORKER = "core.services.study_worker"
MOST_WORKERS = 64


def root() -> Path:
    return paths.workspace() / "studies"


def folder(name: str) -> Path:
    return root() / name


def names() -> list[str]:
    """The newest first."""
    found = sorted(root().glob(f"*/{PLAN}"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [file.parent.name for file in found]


def is_study(name: str) -> bool:
    return bool(ALLOWED.fullmatch(name)) and (folder(name) / PLAN).is_file()


def plan(name: str) -> StudyPlan:
    if not is_study(name):
        known = ", ".join(names()) or "none yet"
        raise NotFound(f"There is no study {name!r}. Known: {known}.")
    file = folder(name) / PLAN
    try:
        return StudyPlan.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise ConfigError(f"{file} cannot be read: {fault}. Start the study anew.") from None


def create(
    name: str, config: TrainConfig, space: tuple[Parameter, ...], **wishes: Any
) -> StudyPlan:
    """Written down and checked, nothing begun; `wishes` are further fields of `StudyPlan`."""
    if not ALLOWED.fullmatch(name):
        raise ConfigError(
            f"{name!r} cannot be the name of a study. Allowed: 1 to 64 letters, digits, dots, "
            "hyphens and underscores, beginning with a letter or digit."
        )
    if folder(name).exists():
        raise InputError(f"There is a study {name!r} already. Go on with it, or choose a new name.")
    wishes = {"metric": config.best, **wishes}
    made = StudyPlan(name, config, space, created=time.time(), **wishes)
    preflight.check_stages(config)
    dataset = open_prepared(config.dataset)
    dataset.split(config.split)
    search_spaces.check_space(dataset, config, space)
    beside = root() / f".{name}.new"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    study_store.create(beside, made)
    write_text(beside / PLAN, json.dumps(made.to_dict(), indent=2))
    beside.rename(folder(name))
    return made


def go_on(name: str, *, workers: int = 1, trials: int | None = None) -> StudyPlan:
    """Begins or resumes; until there are so many workers. `trials` is the new number in all."""
    asked = plan(name)
    if not 1 <= workers <= MOST_WORKERS:
        raise ConfigError(
            f"A study has from 1 to {MOST_WORKERS} workers at once. Received: {workers}."
        )
    if trials is not None:
        asked = replace(asked, trials=trials)
        write_text(folder(name) / PLAN, json.dumps(asked.to_dict(), indent=2))
    for left in (STOP, PROBLEM):
        (folder(name) / left).unlink(missing_ok=True)
    for _ in range(workers - len(living(name))):
        process = processes.start(WORKER, [str(folder(name).resolve())], folder(name) / LOG)
        study_crew.announce(folder(name), process.pid)
    return asked


def stop(name: str) -> None:
    """The trials under way are stopped after their step and go on with the study."""
    plan(name)
    if not living(name):
        raise InputError(f"Nobody works on study {name!r}; it is {state(name)} already.")
    (folder(name) / STOP).touch()


def delete(name: str, *, with_runs: bool = True) -> None:
    if living(name):
        raise InputError(f"Study {name!r} is still at work. Stop it before deleting it.")
    kept = [trial.run for trial in trials(name) if trial.run] if with_runs else []
    for run in kept:
        if run_of(run):
            runs.delete(run)
    shutil.rmtree(folder(name))


def run_of(run: str) -> RunFolder | None:
    found = RunFolder(paths.runs() / run)
    return found if run and found.config_file.is_file() else None


def living(name: str) -> list[Worker]:
    return study_crew.living(folder(name))


def stopping(place: Path) -> bool:
    return (place / STOP).exists()


def problem(name: str) -> str:
    """Why the study gave up, if it did."""
    try:
        return (folder(name) / PROBLEM).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def trials(name: str) -> list[Trial]:
    return study_store.trials(folder(name), plan(name))


def stamp(name: str) -> float:
    """Another number when a trial has come on."""
    kept = (folder(name) / file for file in (study_store.DATABASE, f"{study_store.DATABASE}-wal"))
    return max((file.stat().st_mtime for file in kept if file.is_file()), default=0.0)


def state(name: str, seen: list[Trial] | None = None) -> str:
    """running, stopping, stopped, interrupted, failed or finished, as of a run."""
    if living(name):
        return "stopping" if stopping(folder(name)) else "running"
    known = trials(name) if seen is None else seen
    if sum(trial.state != "running" for trial in known) >= plan(name).trials:
        return "finished"
    if problem(name):
        return "failed"
    return "stopped" if stopping(folder(name)) else "interrupted"


def best(name: str, seen: list[Trial] | None = None) -> Trial | None:
    """Of the trials that ran to their end; pruned ones have had no fair chance."""
    asked = plan(name)
    done = [
        (trial.value, trial)
        for trial in (trials(name) if seen is None else seen)
        if trial.state == "complete" and trial.value is not None
    ]
    if not done:
        return None
    choose = max if higher_is_better(asked.metric) else min
    return choose(done, key=lambda pair: pair[0])[1]


def configuration(name: str, trial: Trial) -> TrainConfig:
    """Of a trial, without what made it part of the study."""
    asked = plan(name)
    dataset = open_prepared(asked.training.dataset)
    return search_spaces.varied(dataset, asked.training, trial.values)


def describe(name: str) -> dict[str, Any]:
    asked, seen = plan(name), trials(name)
    found = best(name, seen)
    return {
        "study": name,
        "state": state(name, seen),
        "reason": problem(name),
        "dataset": asked.training.dataset,
        "model": asked.training.model.name,
        "recipe": asked.training.recipe,
        "metric": asked.metric,
        "wanted": asked.trials,
        "counts": {
            kind: sum(trial.state == kind for trial in seen)
            for kind in ("running", "complete", "pruned", "failed")
        },
        "workers": len(living(name)),
        "space": {parameter.key: parameter.said() for parameter in asked.space},
        "best": asdict(found) if found else None,
        "trials": [asdict(trial) for trial in seen],
    }


def wait(name: str, told: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
    while living(name):
        told(describe(name))
        time.sleep(2 * runs.LOOK_SECONDS)
    told(describe(name))


def usual_space(config: TrainConfig) -> tuple[Parameter, ...]:
    """What is worth varying in these settings."""
    return search_spaces.default_space(config)


def takes_whole_numbers(config: TrainConfig, key: str) -> bool:
    return search_spaces.is_whole(config, key)


def present_value(config: TrainConfig, key: str) -> Any:
    return search_spaces.value_of(config, key)


def importance(name: str) -> dict[str, float]:
    """How much of the differences between trials each setting explains."""
    return study_store.importance(folder(name), plan(name))
