"""Small prepared datasets whose classes can be learned in seconds, made without `prepare`."""

import fcntl
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import paths
from core.datasets.prepared import COLUMNS, PreparedDataset, open_prepared
from core.domain.dataset import DatasetInfo, SplitInfo
from core.domain.preprocess import PreprocessSpec
from core.domain.runs import RunState
from core.domain.training import TrainConfig
from core.services import runs
from core.training.checkpoint import Checkpoint
from core.training.config import resolve
from core.training.reporter import Reporter
from core.training.run_folder import RunFolder

MakeDataset = Callable[..., PreparedDataset]


@pytest.fixture
def make_dataset(workspace: Path) -> MakeDataset:
    return write_dataset


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> PreparedDataset:
    return make_dataset()


def write_dataset(
    name: str = "spots",
    images: int = 96,
    size: int = 32,
    classes: tuple[str, ...] = ("benign", "malignant"),
    seed: int = 0,
) -> PreparedDataset:
    """Each class is a disc of another brightness in noise; two images a patient."""
    folder = paths.datasets() / name
    (folder / "splits").mkdir(parents=True)
    random = np.random.default_rng(seed)
    places = random.permutation(np.arange(images) % len(classes))
    pixels = _discs(random, places, size, len(classes))
    np.save(folder / "images.npy", pixels)
    _table(places, classes).to_parquet(folder / "index.parquet", index=False)
    info = DatasetInfo(
        name=name,
        format="test",
        root="",
        spec=PreprocessSpec("test", (), size, size),
        task="benign-malignant",
        classes=classes,
        images=images,
        patients=images // 2,
        quarantined=0,
        synthetic=True,
        created="2026-01-01",
        seconds=0.0,
        versions={},
        checksums={"images.npy": f"{name}-{seed}"},
    )
    (folder / "dataset.json").write_text(json.dumps(asdict(info)))
    made = open_prepared(name)
    _split(made, images)
    return made


def _discs(random: np.random.Generator, places: np.ndarray, size: int, classes: int) -> np.ndarray:
    noise = random.normal(70, 25, (len(places), size, size))
    y, x = np.mgrid[:size, :size]
    for image, place in zip(noise, places, strict=True):
        centre = random.uniform(size * 0.3, size * 0.7, 2)
        disc = (y - centre[0]) ** 2 + (x - centre[1]) ** 2 < (size / 6) ** 2
        image[disc] += 120 * place / (classes - 1)
    return noise.clip(0, 255).astype(np.uint8)


def _table(places: np.ndarray, classes: tuple[str, ...]) -> pd.DataFrame:
    count = len(places)
    patients = [f"p{number // 2:04d}" for number in range(count)]
    ages = [40.0 + number // 2 % 30 for number in range(count)]
    known = {
        "image_id": [f"i{number:04d}" for number in range(count)],
        "patient_id": patients,
        "group": patients,
        "source": ["discs"] * count,
        "laterality": ["L", "R"] * (count // 2),
        "view": ["CC"] * count,
        "age": ages,
        "density": ["B"] * count,
        "to_source": [np.eye(3).ravel().tolist()] * count,
        "class": [classes[place] for place in places],
    }
    return pd.DataFrame({column: known.get(column) for column in COLUMNS}, index=range(count))


def _split(dataset: PreparedDataset, images: int) -> None:
    order = np.arange(images) // 2
    parts = np.select([order % 4 == 2, order % 4 == 3], ["validation", "test"], "train")
    table = pd.DataFrame({"image_id": dataset.index["image_id"], "part": parts})
    dataset.save_split(SplitInfo("default", "fractions", 0), table)


@dataclass
class Trained:
    """A run that was worked on in this process."""

    folder: RunFolder
    done: bool

    def history(self) -> list[dict[str, float]]:
        rows = runs.history(self.folder)
        for row in rows:
            del row["seconds"], row["images_per_second"]
        return rows

    def checkpoint(self) -> Checkpoint:
        return Checkpoint.load(self.folder.checkpoint_file)


class Trainer:
    """Trains without a process of its own; `steps` says after how many steps to stop."""

    def start(self, config: TrainConfig, steps: int | None = None) -> Trained:
        return self.go_on(runs.create(config), steps)

    def go_on(self, folder: RunFolder, steps: int | None = None) -> Trained:
        from core.training.session import train

        taken = itertools.count(1)
        reporter = Reporter(folder)
        try:
            done = train(folder.config(), folder, reporter, lambda: next(taken) == steps)
        finally:
            reporter.end(RunState.FINISHED)
        return Trained(folder, done)


@pytest.fixture
def trainer(workspace: Path) -> Iterator[Trainer]:
    import keras

    yield Trainer()
    keras.config.set_dtype_policy("float32")


@pytest.fixture
def configure(dataset: PreparedDataset) -> Callable[..., TrainConfig]:
    """A configuration of seconds on the small dataset."""

    def make(model: str = "custom_cnn", recipe: str = "", **settings: Any) -> TrainConfig:
        quick = {"epochs": 2, "batch_size": 16, **settings}
        return resolve(dataset, model=model, recipe=recipe, settings=quick)

    return make


JAX_LIBRARIES = ("jax", "keras", "numpy", "pandas", "pyarrow", "scipy", "psutil")


@pytest.fixture(scope="session")
def jax_python() -> str:
    named = os.environ.get("MAMMOLENS_JAX_PYTHON")
    if named:
        return named
    python = paths.ROOT / "build" / "jax-env" / "bin" / "python"
    python.parents[2].mkdir(parents=True, exist_ok=True)
    # Several test processes may want it at once: the first makes it.
    with (python.parents[2] / "jax-env.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not python.exists():
            _make(python)
    return str(python)


def _make(python: Path) -> None:
    folder = python.parent.parent
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
        install = [python, "-m", "pip", "install", "--quiet", *JAX_LIBRARIES]
        subprocess.run(install, check=True, capture_output=True, timeout=240)
    except (OSError, subprocess.SubprocessError) as fault:
        shutil.rmtree(folder, ignore_errors=True)
        # Where changes are judged, leaving this out would be passing without having looked.
        leave = pytest.fail if os.environ.get("CI") else pytest.skip
        leave(
            f"no interpreter with JAX: MAMMOLENS_JAX_PYTHON is unset and none could be made "
            f"({type(fault).__name__}; is there a package index?)"
        )
