"""Every recipe, from files in the layout its system used to figures with intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.datasets.base import open_reader
from core.datasets.prepare import prepare_dataset
from core.datasets.prepared import PreparedDataset, open_prepared, prepared_names
from core.datasets.recipes import data_plan
from core.datasets.verify import verify
from core.domain.dataset import PatchPlan
from core.phantom import PhantomConfig, write_phantom
from core.services import dataset_options
from core.services.evaluate import evaluate
from core.services.judgement import judge
from core.training.config import resolve
from core.training.recipe import RECIPES


@dataclass(frozen=True)
class Home:
    """Where a system had its data from, made small: images of `size`, or patches of it."""

    layouts: tuple[str, ...]
    size: int
    patients: int = 8
    height: int = 256


MOST_IMAGES = 64
FILMS = ("cbis-ddsm", "mini-mias")
HOMES = {
    "a-hybrid": Home(("mendeley",), 32),
    "b-patches": Home(("ddsm-tfrecord",), 32, patients=4),
    "b-patches-vit": Home(("ddsm-tfrecord",), 32, patients=4),
    "c-context": Home(("rsna",), 64, patients=12),
    "d-four-class": Home(FILMS, 32),
    "e-localise": Home(FILMS, 50),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for all recipes, so that those of a system share what is prepared."""
    folder = tmp_path_factory.mktemp("homes") / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAMMOLENS_WORKSPACE", str(folder))
        yield folder


def home(data: str, folder: Path) -> PreparedDataset:
    return open_prepared(data) if data in prepared_names() else _prepared(data, folder)


def _prepared(data: str, folder: Path) -> PreparedDataset:
    home = HOMES[data]
    sources = []
    for layout in home.layouts:
        files = folder / f"{'-'.join(home.layouts)}-{home.patients}" / layout
        if not files.exists():
            _write(home, layout, files)
        sources.append(dataset_options.source("auto", str(files)))
        assert sources[-1].format == layout
        reader = open_reader(layout, files)
        assert not [problem for problem in verify(reader) if problem.fatal]
    patches = PatchPlan(home.size) if data_plan(data).patches else None
    request = dataset_options.request(
        data, sources, recipe=data, size=home.size, patches=patches, limit=MOST_IMAGES
    )
    return prepare_dataset(request, workers=1)


def _write(home: Home, layout: str, files: Path) -> None:
    write_phantom(PhantomConfig(5, home.patients, home.height), files, layout)


def small(settings: dict[str, Any]) -> dict[str, Any]:
    """One epoch of each stage, few images a step, weights that need no network."""
    quick: dict[str, Any] = {"epochs": 1, "batch_size": 16, "model.weights": None}
    if "stages" in settings:
        quick["stages"] = [{**stage, "epochs": 1} for stage in settings["stages"]]
    if "sequence.slots" in settings:
        quick |= {"batch_size": 4, "model.options.resnet50.weights": None}
    return quick


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES.names())
def test_a_recipe_goes_from_files_to_figures(name: str, trainer: Any, workspace: Path) -> None:
    recipe = RECIPES.load(name)
    dataset = home(recipe.data, workspace.parent)
    config = resolve(dataset, recipe=name, settings=small(recipe.settings))
    run = trainer.start(config)
    assert run.done
    assert [int(row["stage"]) for row in run.history()] == [*range(1, len(config.legs) + 1)]
    answers = pd.read_parquet(run.folder.predictions_file)
    assert set(answers["part"]) == {"validation", "test"}
    sums = answers[[f"p_{label}" for label in config.model.classes]].sum(axis=1)
    np.testing.assert_allclose(sums, 1, atol=1e-5)
    found = evaluate(judge(run.folder.id, dataset.info.name), resamples=2)
    assert found.judged.cases == (answers["part"] == "test").sum()
    assert 0 <= found.figures["accuracy"].value <= 1
