"""Takes a network along in another format, and only if it answers there as it does here."""

import json
import os
import shutil
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import paths
from core.datasets.prepared import open_prepared
from core.domain.dataset import TEST, VALIDATION
from core.errors import InputError, MammolensError, RunError
from core.services import background
from core.services.answers import scaled
from core.services.background import Errand, Job
from core.services.export_formats import FORMATS, INSTALL, Format, Images, ask_model, format_named
from core.services.subjects import Subject, subject
from core.training.atomic import write_text

KIND = "export"
# Of a probability: a tenth of a percentage point.
MOST_DIFFERENCE = 1e-3
COMPARED_IMAGES = 16
ABOUT = "about.json"


@dataclass(frozen=True)
class Exported:
    """`difference` is the largest of any probability on `images` images of `compared_on`."""

    model: str
    format: str
    path: str
    bytes: int
    difference: float
    images: int
    compared_on: str
    seconds: float
    created: float

    def to_document(self) -> dict[str, Any]:
        return asdict(self)


def root(model: str) -> Path:
    return paths.workspace() / "exports" / model


def export(name: str, format_name: str, out: Path | None = None) -> Exported:
    """Nothing is left behind where the file would answer differently."""
    began, form = time.monotonic(), format_named(format_name)
    item = _exportable(name, form)
    # Converters speak TensorFlow, whatever the run was trained with.
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    from core.models.ensemble import open_model

    model = open_model(item.model_file, item.members)
    images, compared_on = _images(item)
    target = (out or root(item.name)) / f"{item.name}{form.suffix}"
    beside = target.with_name(f".{item.name}.new{form.suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(beside)
    try:
        difference = _written(form, model, item, beside, images)
        _remove(target)
        beside.rename(target)
    finally:
        _remove(beside)
    made = Exported(
        item.name,
        form.name,
        str(target),
        _size(target),
        difference,
        len(images),
        compared_on,
        round(time.monotonic() - began, 1),
        time.time(),
    )
    write_text(target.parent / f"{form.name}.json", json.dumps(made.to_document(), indent=2))
    write_text(target.parent / ABOUT, json.dumps(about(item), indent=2))
    return made


def _exportable(name: str, form: Format) -> Subject:
    if missing := form.missing():
        raise InputError(
            f"{form.title} needs {', '.join(missing)}, not installed here. Install: {INSTALL}"
        )
    item = subject(name)
    if item.run and item.card is None and not item.run.status().state.is_finished():
        state = item.run.status().state
        raise InputError(f"Run {item.name} is {state}. Wait until it has finished, or stop it.")
    if getattr(item, "kind", "image") == "exam" or (
        item.run and item.card is None and item.run.config().sequence
    ):
        raise InputError(
            f"{item.name!r} reads all views of a patient with what is known of them. Only networks "
            "that read one image can be exported; its .keras file is in the run's folder."
        )
    return item


def _written(form: Format, model: Any, item: Subject, target: Path, images: Images) -> float:
    with warnings.catch_warnings():
        # The converters warn of their own future, which nobody here can act on.
        warnings.simplefilter("ignore")
        # First: a network that was never asked cannot be written in some formats.
        expected = ask_model(model, images)
        try:
            form.write(model, item.model_file, target)
            answers = form.ask(target, images)
        except MammolensError:
            raise
        except Exception as fault:  # each converter has errors of its own
            first = (str(fault).strip() or type(fault).__name__).splitlines()[0]
            raise RunError(
                f"{item.name!r} cannot be written as {form.title}: {first[:300]} Try another "
                f"format: {', '.join(other for other in FORMATS if other != form.name)}."
            ) from fault
    difference = float(np.abs(answers - expected).max())
    if not difference <= MOST_DIFFERENCE:
        raise RunError(
            f"As {form.title}, {item.name!r} would answer differently: probabilities differ by up "
            f"to {difference:.2g}, allowed are {MOST_DIFFERENCE:g}. Nothing was kept; try another "
            "format."
        )
    return difference


def _images(item: Subject) -> tuple[Images, str]:
    """Of the data it was trained on, where they are at hand; else noise."""
    try:
        data = open_prepared(item.trained_on)
        rows = _rows(item, len(data.index), data.index["image_id"])
        return scaled(data, rows)[..., None], f"images of {item.trained_on}"
    except MammolensError:
        shape = (COMPARED_IMAGES, item.spec.height, item.spec.width, 1)
        random = np.random.default_rng(0)
        return random.uniform(0, 1, shape).astype(np.float32), "noise, its images being gone"


def _rows(item: Subject, count: int, names: "pd.Series[str]") -> Any:
    """Spread over the images it did not learn from, where these are known."""
    stored = item.run.path / "split.parquet" if item.run else None
    rows = np.arange(count)
    if stored and stored.is_file():
        parts = pd.read_parquet(stored).set_index("image_id")["part"].reindex(names)
        unseen = np.flatnonzero(parts.isin([VALIDATION, TEST]).to_numpy())
        rows = unseen if len(unseen) else rows
    return rows[np.linspace(0, len(rows) - 1, min(COMPARED_IMAGES, len(rows))).astype(int)]


def about(item: Subject) -> dict[str, Any]:
    """What whoever uses the file must know: how images are prepared and answers are read."""
    return {
        "model": item.name,
        "title": item.title,
        "intended_use": "Research and teaching with mammograms. Not for the diagnosis of patients.",
        "input": {
            "shape": [item.spec.height, item.spec.width, 1],
            "range": "grey from 0 to 1, prepared by these steps",
            "preprocessing": asdict(item.spec),
        },
        "output": {
            "classes": list(item.class_names),
            "reading": "probability of the second class"
            if len(item.class_names) == 2
            else "a probability for each class",
            "temperature": item.calibration.temperature,
            "positive": list(item.positive),
            "threshold": item.point.threshold,
        },
    }


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def exported(name: str) -> list[Exported]:
    """What has been taken along so far and is still there."""
    found = []
    for form in FORMATS.values():
        try:
            raw = json.loads((root(name) / f"{form.name}.json").read_text(encoding="utf-8"))
            made = Exported(**raw)
        except (OSError, ValueError, TypeError):
            continue
        if Path(made.path).exists():
            found.append(made)
    return found


def start(name: str, format_name: str) -> Job:
    """In a process of its own, which a page watches."""
    form = format_named(format_name)
    errand = Errand(f"Writing {form.title} and comparing answers", ("export", name, form.name))
    return background.start(KIND, about_job(name, form.name), f"{form.title} of {name}", [errand])


def latest(name: str, format_name: str) -> Job | None:
    return background.latest(KIND, about_job(name, format_name))


def about_job(name: str, format_name: str) -> str:
    return f"{name} as {format_name}"


def content(made: Exported, most: int) -> Callable[[], bytes] | None:
    """Reads the file when it is asked for; None for a folder, or for more than `most` bytes."""
    path = Path(made.path)
    return path.read_bytes if path.is_file() and made.bytes <= most else None
