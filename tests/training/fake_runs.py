"""Folders of runs as their processes leave them, written in a moment and without training."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.domain.models import ModelConfig
from core.domain.runs import Best, RunState, RunStatus
from core.domain.training import TrainConfig
from core.training.journal import HISTORY, Journal
from core.training.liveness import this_process
from core.training.run_folder import RunFolder

MODEL = ModelConfig("custom_cnn", 64, 64, ("benign", "malignant"))
RISING = (0.6, 0.7, 0.8, 0.75)


def write_run(
    workspace: Path,
    name: str,
    aucs: Sequence[float] = RISING,
    *,
    state: RunState = RunState.FINISHED,
    losses: Sequence[float] | None = None,
    epochs: int = 10,
    origin: dict[str, Any] | None = None,
    **settings: Any,
) -> RunFolder:
    """An epoch a value of `aucs`, on the validation part; a live run is this process's own."""
    folder = RunFolder(workspace / "runs" / name)
    folder.path.mkdir(parents=True)
    config = replace(TrainConfig("spots", MODEL, epochs=epochs), **settings)
    document = {"version": 1, "id": name, "training": config.to_dict(), "data": {}}
    document |= {"origin": origin or {}}
    folder.config_file.write_text(json.dumps(document))
    journal = Journal(folder)
    journal.begin(0, 0)
    for place, auc in enumerate(aucs):
        journal.epoch(row(place + 1, auc, losses[place] if losses else 1 - auc))
        journal.batch({"step": place + 1, "epoch": place + 1, "loss": 0.5, "accuracy": 0.7})
    folder.write_status(status(state, aucs, epochs), lasting=False)
    folder.log_file.write_text("Begun\n" + "".join(f"Epoch {n + 1}\n" for n in range(len(aucs))))
    return folder


def row(epoch: int, auc: float, loss: float = 0.5) -> dict[str, float | int | str]:
    measured: dict[str, float | int | str] = dict.fromkeys(HISTORY, 0.5)
    given = {"epoch": epoch, "stage": 1, "learning_rate": 1e-3, "seconds": 2.0}
    return measured | given | {"validation_auc": auc, "validation_loss": loss, "loss": loss}


def status(state: RunState, aucs: Sequence[float], epochs: int) -> RunStatus:
    now, live = time.time(), state is RunState.RUNNING
    best = max(range(len(aucs)), key=lambda n: aucs[n]) if aucs else None
    return RunStatus(
        state,
        process=this_process() if live else None,
        doing="Learning" if live else "",
        queued=now - 1000,
        started=now - 100,
        begun=now - 100,
        heartbeat=now,
        epoch=len(aucs),
        epochs=epochs,
        step=5 if live else 0,
        steps=20,
        images_per_second=160.0,
        best=None if best is None else Best(best + 1, "validation_auc", aucs[best]),
        devices=("cpu",),
    )
