"""Runs as pages, command line and interface see them: start, list, stop, resume, wait."""

import json
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from core import paths
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import InputError
from core.services import run_notes
from core.training import data, dispatcher, journal
from core.training.atomic import write_text
from core.training.data import RunData
from core.training.provenance import commit, versions
from core.training.run_folder import RunFolder, all_runs, find_run

Origin = dict[str, Any]
LOOK_SECONDS = 0.3


def start(
    config: TrainConfig, *, split: pd.DataFrame | None = None, origin: Origin | None = None
) -> RunFolder:
    """Queues a run; it begins when a device is free, whatever becomes of this process."""
    folder = create(config, split=split, origin=origin)
    dispatcher.ensure()
    return folder


def create(
    config: TrainConfig, *, split: pd.DataFrame | None = None, origin: Origin | None = None
) -> RunFolder:
    """A queued run on disk, which nobody works on yet.

    `split` (image_id, part) replaces the dataset's split of that name, as folds need it;
    `origin` says which group or study the run belongs to.
    """
    dataset = open_prepared(config.dataset)
    folder = _new_folder()
    try:
        data.store_split(dataset, config.split if split is None else split, folder.path)
        document = {
            "version": 1,
            "id": folder.id,
            "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "origin": origin or {},
            "training": config.to_dict(),
            "data": _data_facts(data.load(dataset, folder.path)),
            "versions": versions(),
            "commit": commit(),
        }
        folder.write_status(RunStatus(RunState.QUEUED, queued=time.time(), doing="Waiting"))
        write_text(folder.config_file, json.dumps(document, indent=2))
    except BaseException:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return folder


def _new_folder() -> RunFolder:
    """Named by the time, so that names sort; two in one second get different ends."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in range(1000):
        path = paths.runs() / (stamp if not number else f"{stamp}-{number}")
        try:
            path.mkdir(parents=True)
            return RunFolder(path)
        except FileExistsError:
            continue
    raise InputError(f"No free name for a run was found in {paths.runs()}. Delete some runs.")


def _data_facts(run_data: RunData) -> dict[str, Any]:
    dataset: PreparedDataset = run_data.dataset
    owners = dataset.index["patient_id"].to_numpy()
    rows = {part: run_data.rows(part) for part in (TRAIN, VALIDATION, TEST)}
    return {
        "path": str(dataset.path),
        "info": asdict(dataset.info),
        "images": {part: len(found) for part, found in rows.items()},
        "patients": {part: len(set(owners[found])) for part, found in rows.items()},
        "notes": run_data.notes(),
    }


def stop(name: str, reason: str = "") -> RunFolder:
    """Asks for an end after the step under way; a run that waits is stopped at once.

    `reason` is what the run then says of its end.
    """
    folder = find_run(name)
    with dispatcher.queue_lock():
        status = folder.status()
        if status.state is RunState.QUEUED and not status.devices:
            ended = reason or "Never begun."
            folder.write_status(replace(status, state=RunState.STOPPED, reason=ended))
            return folder
    if status.state.is_finished():
        raise InputError(f"Run {folder.id} is {status.state} already, so it cannot be stopped.")
    write_text(folder.stop_file, reason, lasting=False)
    return folder


def resume(name: str) -> RunFolder:
    """Queues a run that ended before its time; it goes on from its checkpoint."""
    folder = find_run(name)
    folder.config()
    with dispatcher.queue_lock():
        status = folder.status()
        if not status.state.can_resume():
            raise InputError(
                f"Run {folder.id} is {status.state}; only a stopped, interrupted or failed run can "
                "be resumed."
            )
        folder.stop_file.unlink(missing_ok=True)
        waiting = replace(
            status,
            state=RunState.QUEUED,
            reason="",
            doing="Waiting",
            process=None,
            queued=time.time(),
            devices=(),
        )
        folder.write_status(waiting)
    dispatcher.ensure()
    return folder


def wait(folder: RunFolder, told: Callable[[RunStatus], None] = lambda _: None) -> RunStatus:
    """Until nothing more happens by itself; `told` hears every look."""
    while True:
        status = folder.status()
        told(status)
        if status.state.is_finished():
            return status
        time.sleep(LOOK_SECONDS)


def delete(name: str) -> None:
    folder = find_run(name)
    if not folder.status().state.is_finished():
        raise InputError(f"Run {folder.id} is still at work. Stop it before deleting it.")
    shutil.rmtree(folder.path)


def listing() -> list[dict[str, Any]]:
    """The newest first."""
    return [describe(folder) for folder in reversed(all_runs())]


def describe(folder: RunFolder) -> dict[str, Any]:
    """One line of a table of runs; the figures are those of the best epoch."""
    status, written = folder.status(), run_notes.read(folder.path)
    try:
        config = folder.config()
    except InputError as fault:
        return {"run": folder.id, "state": status.state.value, "reason": str(fault)}
    return {
        "run": folder.id,
        "state": status.state.value,
        "reason": status.reason,
        "origin": origin(folder),
        "title": config.title,
        "model": config.model.name,
        "dataset": config.dataset,
        "recipe": config.recipe,
        "split": config.split,
        "epoch": status.epoch,
        "epochs": config.total_epochs,
        "best": asdict(status.best) if status.best else None,
        "metrics": best_figures(folder),
        "started": status.started,
        "seconds": round(status.seconds_worked, 1),
        "seconds_left": status.seconds_left,
        "images_per_second": status.images_per_second,
        "notes": list(status.notes),
        "tags": list(written.tags),
        "note": written.note,
        "path": str(folder.path),
    }


def configuration(name: str) -> TrainConfig:
    """What a run was asked to do."""
    return find_run(name).config()


def origin(folder: RunFolder) -> Origin:
    """Empty for a run of its own; else its group or study, and its place there."""
    return dict(folder.document().get("origin") or {})


def with_origin(wanted: Origin) -> RunFolder | None:
    """The newest run that says this of itself."""
    for folder in reversed(all_runs()):
        try:
            if origin(folder) == wanted:
                return folder
        except InputError:
            continue
    return None


def best_figures(folder: RunFolder) -> dict[str, float]:
    """The row of the best epoch."""
    best = folder.status().best
    rows = [row for row in history(folder) if best and int(row["epoch"]) == best.epoch]
    return {key: value for key, value in rows[0].items() if value == value} if rows else {}


def history(folder: RunFolder) -> list[dict[str, float]]:
    return _numbers(journal.read(folder.history_file))


def batches(folder: RunFolder) -> list[dict[str, float]]:
    return _numbers(journal.read(folder.batches_file))


def _numbers(rows: list[dict[str, str]]) -> list[dict[str, float]]:
    found = []
    for row in rows:
        # A row that was cut short, by a full disk say, is left out.
        with suppress(TypeError, ValueError):
            found.append({key: float(value) for key, value in row.items()})
    return found
