"""A study's memory: the database that several workers share, and trials read out of it.

Optuna is imported when a study is opened, because it takes a second that no page should
spend before somebody tunes.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.domain.training import higher_is_better
from core.domain.tuning import Parameter, StudyPlan, Trial

if TYPE_CHECKING:
    import optuna

DATABASE = "study.db"
# Others may be writing; a trial takes minutes, so waiting is nothing.
PATIENCE_SECONDS = 60.0
RUN, PROBLEM, RETRIES = "run", "problem", "retries"
_STATES = {"RUNNING": "running", "WAITING": "running", "COMPLETE": "complete", "PRUNED": "pruned"}


def create(folder: Path, plan: StudyPlan) -> None:
    """One process makes the tables, so that workers never race for it."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        # Readers and a writer do not shut each other out then.
        raw.execute("PRAGMA journal_mode=WAL")
    import optuna

    with _storage(folder) as storage:
        direction = "maximize" if higher_is_better(plan.metric) else "minimize"
        optuna.create_study(study_name=plan.name, storage=storage, direction=direction)


@contextmanager
def opened(folder: Path, plan: StudyPlan, *, asked: int = 0) -> "Iterator[optuna.Study]":
    """`asked` trials there were before; a sampler begun anew would repeat its first ones."""
    import optuna

    with _storage(folder) as storage:
        yield optuna.load_study(
            study_name=plan.name,
            storage=storage,
            sampler=optuna.samplers.TPESampler(
                seed=plan.seed + asked, n_startup_trials=max(4, min(10, plan.trials // 3))
            ),
            pruner=_pruner(plan),
        )


@contextmanager
def _storage(folder: Path) -> "Iterator[optuna.storages.RDBStorage]":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = optuna.storages.RDBStorage(
        f"sqlite:///{(folder / DATABASE).resolve()}",
        engine_kwargs={"connect_args": {"timeout": PATIENCE_SECONDS}},
    )
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _pruner(plan: StudyPlan) -> "optuna.pruners.BasePruner":
    from optuna import pruners

    if plan.pruner == "median":
        return pruners.MedianPruner(n_startup_trials=plan.startup, n_warmup_steps=plan.warmup)
    if plan.pruner == "hyperband":
        longest = max(plan.training.total_epochs, plan.warmup + 1)
        return pruners.HyperbandPruner(min_resource=max(1, plan.warmup), max_resource=longest)
    return pruners.NopPruner()


def suggest(trial: "optuna.Trial", space: tuple[Parameter, ...]) -> dict[str, Any]:
    """The same values again for a trial that was begun before."""
    return {parameter.key: _suggested(trial, parameter) for parameter in space}


def _suggested(trial: "optuna.Trial", asked: Parameter) -> Any:
    if asked.choices:
        # As text, since a choice may be a list or an object.
        return json.loads(
            trial.suggest_categorical(asked.key, [json.dumps(value) for value in asked.choices])
        )
    low, high = asked.ends()
    if asked.whole:
        step = int(asked.step or 1)
        return trial.suggest_int(asked.key, low, high, step=step, log=asked.log)
    return trial.suggest_float(asked.key, low, high, step=asked.step, log=asked.log)


def trials(folder: Path, plan: StudyPlan) -> list[Trial]:
    with opened(folder, plan) as study:
        return [_read(found, plan) for found in study.get_trials(deepcopy=False)]


def _read(found: "optuna.trial.FrozenTrial", plan: StudyPlan) -> Trial:
    listed = {parameter.key for parameter in plan.space if parameter.choices}
    values = {
        key: json.loads(value) if key in listed else value for key, value in found.params.items()
    }
    value = found.value if found.state.name in ("COMPLETE", "PRUNED") else None
    if found.state.name == "PRUNED" and found.intermediate_values:
        best = max if higher_is_better(plan.metric) else min
        value = best(found.intermediate_values.values())
    return Trial(
        found.number,
        _STATES.get(found.state.name, "failed"),
        value,
        values,
        dict(found.intermediate_values),
        str(found.user_attrs.get(RUN, "")),
        str(found.user_attrs.get(PROBLEM, "")),
        found.duration.total_seconds() if found.duration else 0.0,
    )


def importance(folder: Path, plan: StudyPlan) -> dict[str, float]:
    """How much of the differences between trials each setting explains; empty before it can tell.

    Shares add up to 1.
    """
    import optuna

    with opened(folder, plan) as study:
        done = [t for t in study.get_trials(deepcopy=False) if t.state.name == "COMPLETE"]
        if len(done) < 4 or len({t.value for t in done}) < 2:
            return {}
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {str(key): float(share) for key, share in found.items()}
