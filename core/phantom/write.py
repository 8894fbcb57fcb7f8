"""Writes a whole phantom set to disk, on as many cores as it is given."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from core.disk import demand_room
from core.errors import ConfigError
from core.phantom.config import PhantomConfig
from core.phantom.crew import written_by_workers
from core.phantom.layouts import LAYOUTS
from core.phantom.shard import Written, write_patient

MARK = "phantom.json"
NOTICE = "Synthetic phantom images. No patient. Nothing measured on them is clinical performance."


@dataclass(frozen=True)
class WriteSummary:
    layout: str
    path: str
    patients: int
    images: int
    findings: int
    labels: dict[str, int]
    seconds: float


def write_phantom(
    config: PhantomConfig,
    out: Path,
    layout: str = "folder",
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> WriteSummary:
    """`progress` is told how many of how many patients are done.

    The files are the same whatever the number of workers.
    """
    started = time.monotonic()
    chosen = LAYOUTS.load(layout)
    _demand_sense(out, workers)
    config = chosen.config(config)
    demand_room(
        out,
        config.patients * chosen.patient_bytes(config),
        f"A phantom set of {config.patients} patients",
        "Make room, or ask for fewer patients or smaller images.",
    )
    out.mkdir(parents=True, exist_ok=True)
    # Written first, so that a set that was broken off is still known as synthetic.
    _mark(config, out, layout)
    written = []
    for done in _patients(config, out, layout, min(workers, config.patients)):
        written.append(done)
        if progress:
            progress(len(written), config.patients)
    written.sort(key=lambda done: done.index)
    chosen.tables(config, [done.rows for done in written], out)
    labels = Counter(label for done in written for label in done.labels)
    return WriteSummary(
        layout=layout,
        path=str(out),
        patients=config.patients,
        images=sum(labels.values()),
        findings=sum(done.findings for done in written),
        labels=dict(sorted(labels.items())),
        seconds=round(time.monotonic() - started, 2),
    )


def _patients(config: PhantomConfig, out: Path, layout: str, workers: int) -> Iterator[Written]:
    if workers > 1:
        yield from written_by_workers(config, out, layout, workers)
        return
    for index in range(config.patients):
        yield write_patient(config, out, layout, index)


def _demand_sense(out: Path, workers: int) -> None:
    if workers < 1:
        raise ConfigError(
            f"A phantom cannot be written by {workers} workers. Allowed: a whole number from 1."
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(
            f"A phantom set is written into a new or empty folder. {out} is neither. "
            "Choose another folder, or empty this one."
        )


def _mark(config: PhantomConfig, out: Path, layout: str) -> None:
    shares = {str(pathology): share for pathology, share in config.prevalence.items()}
    document = {
        "synthetic": True,
        "notice": NOTICE,
        "layout": layout,
        "config": {**asdict(config), "prevalence": shares},
    }
    (out / MARK).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
