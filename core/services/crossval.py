"""Cross-validation as a group of ordinary runs in the queue, which goes on as a group.

`go_on` does whatever is still to do and nothing twice, so it serves to begin, to resume
after a stop or a crash, and to finish what a killed process had only half set up.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from core.datasets import folds as dealing
from core.datasets.copies import known_copies
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import TEST
from core.domain.groups import FoldRun, Group
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import ConfigError, InputError
from core.services import background, groups, runs
from core.services.background import Errand, Job
from core.training import dispatcher
from core.training.atomic import replacing
from core.training.run_folder import all_runs

FOLDS, SEEDS, VALIDATION = 5, (0,), 0.15
MOST_RUNS = 500
KIND = "crossval"
Watcher = Callable[[int, int], None]


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
    _check(folds, seeds, validation)
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
    _check_folds(dataset, group, _deal(dataset, group))
    group = replace(group, id=groups.new_id())
    groups.write(group)
    return group


def _check(folds: int, seeds: tuple[int, ...], validation: float) -> None:
    if len(set(seeds)) != len(seeds) or not seeds or min(seeds) < 0:
        raise ConfigError(
            f"Seeds must be different whole numbers from 0, at least one. Received: {list(seeds)}."
        )
    if not 0 < validation < 0.9:
        raise ConfigError(
            "The share of the training images that chooses the best epoch must lie between 0 and "
            f"0.9. Received: {validation}."
        )
    if folds * len(seeds) > MOST_RUNS:
        raise ConfigError(
            f"{folds} folds of {len(seeds)} seeds are more than {MOST_RUNS} runs. Ask for fewer."
        )


def go_on(group_id: str, watch: Watcher = lambda done, total: None) -> Group:
    """Makes the runs that are missing, queues those that ended early, leaves the finished."""
    group = groups.find(group_id)
    with groups.sole_hand(group.id):
        group = _adopt(groups.read(group.id))
        dataset = open_prepared(group.training.dataset)
        dealt = _dealt(dataset, group, watch)
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
    if all(item.run for item in group.runs):
        return group
    for folder in all_runs():
        try:
            origin = runs.origin(folder)
        except InputError:
            continue
        if origin.get("group") == group.id:
            for place, item in enumerate(group.runs):
                if not item.run and (item.seed, item.fold) == (origin["seed"], origin["fold"]):
                    group = _with_run(group, place, folder.id)
    return group


def _with_run(group: Group, place: int, run: str) -> Group:
    made = list(group.runs)
    made[place] = replace(made[place], run=run)
    return replace(group, runs=tuple(made))


def _dealt(dataset: PreparedDataset, group: Group, watch: Watcher) -> pd.DataFrame:
    """Dealt once: copies that are found later must not move images between folds."""
    file = groups.folder(group.id) / groups.FOLDS
    if not file.is_file():
        if group.training.leakage_check:
            _look_for_copies(dataset, watch)
        dealt = _deal(dataset, group)
        _check_folds(dataset, group, dealt)
        with replacing(file) as target:
            dealt.to_parquet(target, index=False)
    dealt = pd.read_parquet(file).set_index("image_id")
    if not dataset.index["image_id"].isin(dealt.index).all():
        raise InputError(
            f"Dataset {dataset.info.name!r} has been made anew since its folds were dealt. Start a "
            "new cross-validation."
        )
    return dealt.reindex(dataset.index["image_id"]).reset_index()


def _look_for_copies(dataset: PreparedDataset, watch: Watcher) -> None:
    try:
        from core.datasets.leakage.check import find_copies
    except ImportError:
        return  # each run says which library is missing
    find_copies(dataset, watch=lambda stage, done, total: watch(done, total))


def _deal(dataset: PreparedDataset, group: Group) -> pd.DataFrame:
    outside = None
    if group.keep_test:
        outside = np.asarray(dataset.split(group.keep_test) == TEST, bool)
    return dealing.deal_folds(
        dataset.index, group.folds, group.seeds, known_copies(dataset), outside
    )


def _check_folds(dataset: PreparedDataset, group: Group, dealt: pd.DataFrame) -> None:
    for item in group.runs:
        split = dealing.split_of(dataset.index, dealt, item.seed, item.fold, group.validation)
        dealing.check_split(dataset.index, split, item.fold, dataset.info.classes)


def _create(dataset: PreparedDataset, group: Group, dealt: pd.DataFrame, item: FoldRun) -> str:
    split = dealing.split_of(dataset.index, dealt, item.seed, item.fold, group.validation)
    name = group.title or group.training.title or group.id
    config = replace(
        group.training,
        seed=item.seed,
        split=f"{group.id}.seed{item.seed}.fold{item.fold}",
        title=f"{name}, fold {item.fold} of {group.folds}, seed {item.seed}",
    )
    origin = {"group": group.id, "seed": item.seed, "fold": item.fold}
    return runs.create(config, split=split, origin=origin).id


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
    config = group.training
    return {
        "group": group.id,
        "state": groups.state(seen).value,
        "title": group.title or config.title,
        "dataset": config.dataset,
        "model": config.model.name,
        "recipe": config.recipe,
        "folds": group.folds,
        "seeds": list(group.seeds),
        "keep_test": group.keep_test,
        "created": group.created,
        "finished": sum(s is not None and s.state is RunState.FINISHED for s in seen),
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
    if not _must_search(group):
        go_on(group_id)
        return None
    errand = Errand("Looking for copies before the folds are dealt", (KIND, group.id, "--go-on"))
    return background.start(KIND, group.id, f"Setting up {group.id}", [errand])


def preparing(group_id: str) -> Job | None:
    return background.latest(KIND, group_id)


def _must_search(group: Group) -> bool:
    if not group.training.leakage_check or (groups.folder(group.id) / groups.FOLDS).is_file():
        return False
    try:
        from core.datasets.leakage.check import searched
    except ImportError:
        return False
    return not searched(open_prepared(group.training.dataset))
