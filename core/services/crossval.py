"""Cross-validation as a group of ordinary runs in the queue, which goes on as a group.

`go_on` does whatever is still to do and nothing twice, so it serves to begin, to resume
after a stop or a crash, and to finish what a killed process had only half set up.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.groups import FoldRun, Group
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import InputError
from core.services import background, fold_setup, groups, out_of_fold, preflight, runs
from core.services.background import Errand, Job
from core.services.fold_setup import Watcher
from core.training import dispatcher

FOLDS, SEEDS, VALIDATION = 5, (0,), 0.15
KIND = "crossval"
FINISHED = RunState.FINISHED


def plan(
    config: TrainConfig,
    *,
    folds: int = FOLDS,
    seeds: tuple[int, ...] = SEEDS,
    validation: float = VALIDATION,
    keep_test: str = "",
    title: str = "",
) -> Group:
    """Written down, nothing begun. Refused where it could not be done."""
    preflight.check_stages(config)
    fold_setup.check(folds, seeds, validation)
    dataset = open_prepared(config.dataset)
    if keep_test:
        dataset.split(keep_test)
    group = Group(
        id="",
        created=time.time(),
        training=config,
        folds=folds,
        seeds=seeds,
        validation=validation,
        keep_test=keep_test,
        title=title,
        runs=tuple(FoldRun(seed, fold) for seed in seeds for fold in range(1, folds + 1)),
    )
    fold_setup.check_folds(dataset, group, fold_setup.deal(dataset, group))
    group = replace(group, id=groups.new_id())
    groups.write(group)
    return group


def go_on(group_id: str, watch: Watcher = lambda done, total: None) -> Group:
    """Makes the runs that are missing, queues those that ended early, leaves the finished."""
    group = groups.find(group_id)
    with groups.sole_hand(group.id):
        group = _adopt(groups.read(group.id))
        if groups.settled(group):
            return group
        dataset = open_prepared(group.training.dataset)
        dealt = fold_setup.dealt(dataset, group, watch)
        for place, item in enumerate(group.runs):
            folder = groups.run_folder(item.run)
            if folder is None:
                group = _with_run(group, place, _create(dataset, group, dealt, item))
                groups.write(group)
            elif folder.status().state.can_resume():
                runs.resume(folder.id)
    dispatcher.ensure()
    return group


def _adopt(group: Group) -> Group:
    """A run made just before a crash, and not written down, is found by what it says of itself."""
    for place, item in enumerate(group.runs):
        if not item.run and (left := runs.with_origin(_origin(group, item))):
            group = _with_run(group, place, left.id)
    return group


def _origin(group: Group, item: FoldRun) -> runs.Origin:
    return {"group": group.id, "seed": item.seed, "fold": item.fold}


def _with_run(group: Group, place: int, run: str) -> Group:
    made = list(group.runs)
    made[place] = replace(made[place], run=run)
    return replace(group, runs=tuple(made))


def _create(dataset: PreparedDataset, group: Group, dealt: pd.DataFrame, item: FoldRun) -> str:
    split = fold_setup.split_for(dataset, group, dealt, item)
    name = group.title or group.training.title or group.id
    config = replace(
        group.training,
        seed=item.seed,
        split=f"{group.id}.seed{item.seed}.fold{item.fold}",
        title=f"{name}, fold {item.fold} of {group.folds}, seed {item.seed}",
    )
    return runs.create(config, split=split, origin=_origin(group, item)).id


def stop(group_id: str) -> Group:
    """Those that wait are stopped first, so that none of them begins meanwhile."""
    group = groups.find(group_id)
    active = [
        (status.state is not RunState.QUEUED, item.run)
        for item, status in zip(group.runs, groups.statuses(group), strict=True)
        if status and not status.state.is_finished()
    ]
    if not active:
        state = groups.state(groups.statuses(group))
        raise InputError(f"Nothing of group {group.id} is at work; it is {state}.")
    for _, run in sorted(active):
        try:
            runs.stop(run, "Its group was stopped.")
        except InputError:
            continue  # it ended by itself in the meantime
    return group


def delete(group_id: str, *, with_runs: bool = True) -> None:
    group = groups.find(group_id)
    seen = groups.statuses(group)
    if any(status and not status.state.is_finished() for status in seen):
        raise InputError(f"Group {group.id} is still at work. Stop it before deleting it.")
    for item in group.runs if with_runs else ():
        if groups.run_folder(item.run):
            runs.delete(item.run)
    shutil.rmtree(groups.folder(group.id))


def listing() -> list[dict[str, Any]]:
    """The newest first."""
    found = []
    for name in groups.names():
        try:
            found.append(describe(groups.read(name)))
        except InputError as fault:
            found.append({"group": name, "state": RunState.FAILED.value, "reason": str(fault)})
    return found


def describe(group: Group) -> dict[str, Any]:
    seen = groups.statuses(group)
    config, count = group.training, sum(s is not None and s.state is FINISHED for s in seen)
    if count == len(seen) == len(out_of_fold.finished(group)) and not groups.settled(group):
        out_of_fold.predictions(group)
    done = groups.settled(group)
    return {
        "group": group.id,
        "state": (FINISHED if done else groups.state(seen)).value,
        "title": group.title or config.title,
        "dataset": config.dataset,
        "model": config.model.name,
        "recipe": config.recipe,
        "folds": group.folds,
        "seeds": list(group.seeds),
        "keep_test": group.keep_test,
        "created": group.created,
        "finished": len(seen) if done else count,
        "epochs": config.total_epochs,
        "runs": [_line(item, status) for item, status in zip(group.runs, seen, strict=True)],
    }


def _line(item: FoldRun, status: RunStatus | None) -> dict[str, Any]:
    if status is None:
        reason = "Its run was deleted." if item.run else "Its run is not made yet."
        return {**asdict(item), "state": "missing", "reason": reason, "epoch": 0, "best": None}
    return {
        **asdict(item),
        "state": status.state.value,
        "reason": status.reason,
        "epoch": status.epoch,
        "best": asdict(status.best) if status.best else None,
    }


def wait(group_id: str, told: Callable[[dict[str, Any]], None] = lambda _: None) -> dict[str, Any]:
    while True:
        found = describe(groups.find(group_id))
        told(found)
        if RunState(found["state"]).is_finished():
            return found
        time.sleep(runs.LOOK_SECONDS)


def begin(group_id: str) -> Job | None:
    """For a page: at once, or in a process of its own where copies must be looked for first."""
    group = groups.find(group_id)
    if not fold_setup.must_search(group):
        go_on(group_id)
        return None
    errand = Errand("Looking for copies before the folds are dealt", (KIND, group.id, "--go-on"))
    return background.start(KIND, group.id, f"Setting up {group.id}", [errand])


def preparing(group_id: str) -> Job | None:
    return background.latest(KIND, group_id)
