"""What a refresh of the Train page costs the server, once a second and for every watcher.

Makes a workspace of 500 runs in a temporary folder, one of them with 100,000 recorded steps
and at work all the while, and times what the page's fragments call.

    python -m bench.train_refresh [--runs 500] [--steps 100000] [--rounds 50]
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.models import ModelConfig
from core.domain.runs import Best, RunState, RunStatus
from core.domain.training import TrainConfig
from core.services import run_answer, run_curves, run_table
from core.training.journal import BATCHES, HISTORY
from core.training.liveness import this_process
from core.training.run_folder import RunFolder

Rows = NDArray[np.float64]
ALLOWED = 50.0  # milliseconds
_STATES = (RunState.FINISHED, RunState.STOPPED, RunState.FAILED, RunState.INTERRUPTED)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=50)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MAMMOLENS_WORKSPACE"] = folder
        live = make_workspace(Path(folder), runs=args.runs, steps=args.steps)
        times = measure(live, args.rounds)
    return report(times, args)


def make_workspace(folder: Path, *, runs: int, steps: int, epochs: int = 60) -> RunFolder:
    """The newest run is at work, in this process's name; the others have ended."""
    random = np.random.default_rng(0)
    for number in range(runs - 1):
        state = _STATES[0] if number % 5 else _STATES[number // 5 % len(_STATES)]
        made = _folder(folder, f"20260101-{number // 3600:02d}{number // 60 % 60:02d}{number:02d}")
        write_run(
            made, random, state, epochs=epochs, seed=number % 3, rate=10.0 ** -(2 + number // 3 % 4)
        )
    made = _folder(folder, "20260301-120000")
    write_run(made, random, RunState.RUNNING, epochs=1000, done=400, steps=steps)
    return made


def _folder(workspace: Path, name: str) -> RunFolder:
    path = workspace / "runs" / name
    while path.exists():
        path = path.with_name(path.name + "-1")
    path.mkdir(parents=True)
    return RunFolder(path)


def write_run(
    made: RunFolder,
    random: np.random.Generator,
    state: RunState,
    *,
    epochs: int = 30,
    done: int | None = None,
    steps: int = 200,
    seed: int = 0,
    rate: float = 1e-3,
    **settings: Any,
) -> None:
    """A run's folder as a worker leaves it, its figures drawn at random."""
    done = epochs if done is None else done
    model = ModelConfig("custom_cnn", 64, 64, ("benign", "malignant"))
    config = TrainConfig("phantom", model, epochs=epochs, seed=seed, learning_rate=rate)
    config = replace(config, **settings)
    document = {"version": 1, "id": made.id, "training": config.to_dict(), "data": {}}
    made.config_file.write_text(json.dumps(document, indent=2))
    rows = _history(random, done, rate)
    _write(made.history_file, HISTORY, rows)
    _write(made.batches_file, BATCHES, _steps(random, steps, done, rate))
    auc = rows[:, HISTORY.index("validation_auc")]
    best = int(np.argmax(auc)) if done else None
    made.write_status(
        status(state, epochs, done, steps, None if best is None else float(auc[best]), best),
        lasting=False,
    )
    made.log_file.write_text("".join(f"Epoch {n}\n" for n in range(done)))


def status(
    state: RunState, epochs: int, done: int, steps: int, value: float | None, best: int | None
) -> RunStatus:
    now = time.time()
    within = max(90, steps // max(done, 1))
    return RunStatus(
        state,
        doing="Learning" if state is RunState.RUNNING else "",
        process=this_process() if state is RunState.RUNNING else None,
        heartbeat=now,
        queued=now - 900,
        started=now - 600,
        begun=now - 600,
        ended=0.0 if state is RunState.RUNNING else now,
        epoch=done,
        epochs=epochs,
        step=within // 3 if state is RunState.RUNNING else 0,
        steps=within,
        images_per_second=123.4,
        best=Best(best + 1, "validation_auc", value) if best is not None and value else None,
        devices=("cpu",),
    )


def _history(random: np.random.Generator, epochs: int, rate: float) -> Rows:
    epoch = np.arange(1, epochs + 1)
    rows = np.zeros((epochs, len(HISTORY)))
    gain = 1 - np.exp(-epoch / max(1, epochs / 4))
    for place, name in enumerate(HISTORY):
        share = 0.55 + 0.35 * gain + random.normal(0, 0.015, epochs)
        fixed: dict[str, Any] = {"epoch": epoch, "stage": 1, "learning_rate": rate, "seconds": 12.5}
        fixed |= {
            "images_per_second": 120.0,
            "loss": 0.7 - 0.5 * gain + random.normal(0, 0.01, epochs),
        }
        fixed["validation_loss"] = 0.72 - 0.4 * gain + random.normal(0, 0.02, epochs)
        rows[:, place] = fixed.get(name, share)
    return rows


def _steps(random: np.random.Generator, steps: int, epochs: int, rate: float) -> Rows:
    place = np.arange(1, steps + 1)
    share = place / max(1, steps)
    table = {
        "step": place,
        "epoch": share * max(epochs, 0.4),
        "loss": 0.2 + 0.5 * np.exp(-4 * share) + random.normal(0, 0.05, steps),
        "accuracy": (0.9 - 0.35 * np.exp(-4 * share) + random.normal(0, 0.06, steps)).clip(0, 1),
        "learning_rate": np.full(steps, rate),
        "images_per_second": np.full(steps, 120.0),
    }
    return np.stack([table[name] for name in BATCHES], axis=1)


def _write(path: Path, columns: tuple[str, ...], rows: Rows) -> None:
    lines = [",".join(f"{value:.6g}" for value in row) for row in rows.tolist()]
    path.write_text("\n".join([",".join(columns), *lines]) + "\n")


def work(live: RunFolder, number: int) -> None:
    """What the run's process does in a second: a few more steps, and its state."""
    last = live.written_status()
    rows = np.array([[100_000 + number, 400.4 + number / 1e4, 0.2, 0.9, 1e-3, 120.0]])
    with live.batches_file.open("a") as file:
        file.writelines(",".join(f"{v:.8g}" for v in row) + "\n" for row in rows.tolist())
    live.write_status(replace(last, step=last.step + 1, heartbeat=time.time()), lasting=False)


def parts(live: RunFolder) -> dict[str, Callable[[], object]]:
    """What the fragments of the page call at every refresh."""
    from ui.train import runs_table

    return {
        "table of runs": lambda: runs_table.table(run_table.rows()),
        "watching one run": watching(live),
    }


def watching(live: RunFolder) -> Callable[[], object]:
    """The answer, the gauges and every chart of one run."""
    from ui.train.watch import cockpit, curves

    def look() -> object:
        row = run_table.made(live.path)
        history, steps = run_curves.history(live.path), run_curves.steps(live.path)
        best = row.status.best.epoch if row.status.best else 0
        drawn = [
            curves.drawn(str(row.path), row.name, name, history.version, steps.version, best)
            for name in run_curves.MEASURES
        ]
        return run_answer.answer(row, history), cockpit.gauges(row), drawn

    return look


def on_the_page(live: RunFolder, rounds: int) -> list[float]:
    """Milliseconds of all fragments as the page runs them, messages to the browser included."""
    from streamlit.testing.v1 import AppTest

    script = f"""
import time
import streamlit as st
from core.domain.runs import RunState
from ui.train import now, runs_table
from ui.train.control import view as control
from ui.train.watch import view
began = time.perf_counter()
now._look(True)
runs_table._table(True)
control._bar({live.id!r}, RunState.RUNNING)
view._live({live.id!r}, RunState.RUNNING)
st.session_state["took"] = (time.perf_counter() - began) * 1000
"""
    page = AppTest.from_string(script, default_timeout=60)
    times = []
    for number in range(rounds + 1):
        work(live, number)
        page.run()
        assert not page.exception, page.exception
        times.append(float(page.session_state["took"]))
    return times[1:]


def measure(live: RunFolder, rounds: int) -> dict[str, list[float]]:
    """Milliseconds; the first look reads everything, the later ones what the run has added."""
    times: dict[str, list[float]] = {}
    for name, call in parts(live).items():
        times[f"{name}, first look"] = [timed(call)]
        later = times[f"{name}, later looks"] = []
        for number in range(rounds):
            work(live, number)
            later.append(timed(call))
    times["all fragments on the page"] = on_the_page(live, rounds)
    return times


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def report(times: dict[str, list[float]], args: argparse.Namespace) -> int:
    print(f"{args.runs} runs, one with {args.steps:,} recorded steps; milliseconds")
    print(f"{'':36}{'median':>8}{'worst':>8}   n")
    for name, values in times.items():
        print(f"{name:36}{statistics.median(values):>8.1f}{max(values):>8.1f}   {len(values)}")
    whole = statistics.median(times["all fragments on the page"])
    print(f"A refresh of the page takes {whole:.1f} ms of the server; allowed are {ALLOWED:.0f}.")
    return 0 if whole <= ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
