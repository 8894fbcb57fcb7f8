"""Every recipe, from files in the layout its system used to figures with intervals."""

import sys
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
from core.preprocessing.breast import breast_mask
from core.services import dataset_options, runs
from core.services.catalogue import bundle
from core.services.diagnose import analyse, preview
from core.services.evaluate import evaluate
from core.services.exam import analyse_exams
from core.services.judgement import judge
from core.services.publish import publish
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
    "e-localise-whole": Home(FILMS, 160),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for all recipes, so that those of a system share what is prepared."""
    folder = tmp_path_factory.mktemp("homes") / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAMMOLENS_WORKSPACE", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks keep their kinds, widths and names, but repeat their blocks less often.

    At full depth each is built, run and saved by the contract of backbones.
    """
    from keras import applications

    from core.models.backbones import maxvit_nano

    def fewer(network: Any, name: str, place: int, blocks: float) -> None:
        module = sys.modules[network.__module__]
        whole = getattr(module, name)
        monkeypatch.setattr(
            module,
            name,
            lambda *given, **more: whole(*given[:place], blocks, *given[place + 1 :], **more),
        )

    fewer(applications.DenseNet121, "dense_block", 1, 2)
    fewer(applications.ResNet50, "stack_residual_blocks_v1", 2, 1)
    fewer(applications.ResNet50, "stack_residual_blocks_v2", 2, 2)
    fewer(applications.EfficientNetB0, "EfficientNet", 1, 0.1)
    monkeypatch.setattr(maxvit_nano, "DEPTHS", (1, 1, 1, 1))


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


def small(settings: dict[str, Any], trainer: Any, workspace: Path) -> dict[str, Any]:
    """One epoch of each stage, few images a step, weights that need no network."""
    quick: dict[str, Any] = {"epochs": 1, "batch_size": 16, "model.weights": None}
    if "stages" in settings:
        quick["stages"] = [{**stage, "epochs": 1} for stage in settings["stages"]]
    if "sequence.slots" in settings:
        quick |= {"batch_size": 4, "model.options.resnet50.weights": None}
    if settings["model.name"] == "vit_tiny":
        quick["model.options"] = {"depth": 2}
    if settings["model.name"] == "patch_to_whole":
        quick["model.weights"] = f"run:{_run_on_patches(trainer, workspace)}"
    return quick


def _run_on_patches(trainer: Any, workspace: Path) -> str:
    """What a whole-image network begins with: a run of e-localise, of which there may be one."""
    for known in runs.listing():
        if known["recipe"] == "e-localise":
            return str(known["run"])
    settings = {"epochs": 1, "batch_size": 16}
    dataset = home("e-localise", workspace.parent)
    return str(trainer.start(resolve(dataset, recipe="e-localise", settings=settings)).folder.id)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES.names())
def test_a_recipe_goes_from_files_to_figures(name: str, trainer: Any, workspace: Path) -> None:
    recipe = RECIPES.load(name)
    dataset = home(recipe.data, workspace.parent)
    config = resolve(dataset, recipe=name, settings=small(recipe.settings, trainer, workspace))
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


@pytest.mark.slow
def test_a_published_patch_run_reads_whole_mammograms(trainer: Any, workspace: Path) -> None:
    publish(_run_on_patches(trainer, workspace), "patches")
    card = bundle("patches").card
    assert card.kind == "patch"
    assert card.whole["mode"] == "exact"
    assert any("most suspicious place" in sentence for sentence in card.weaknesses)
    film = next(workspace.parent.rglob("mdb*.pgm")).read_bytes()
    mammogram = preview(film, "film.pgm")
    found = analyse(mammogram, "patches", target="malignant")
    assert found.label in ("normal", "benign", "malignant")
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert found.heatmap is not None
    assert found.heatmap.method == "class-map"
    assert found.heatmap.values.shape == mammogram.pixels.shape
    assert 0 < found.heatmap.raw_max <= 1
    breast = breast_mask(mammogram.pixels)
    assert found.heatmap.values[breast].mean() > 10 * found.heatmap.values[~breast].mean()


@pytest.mark.slow
def test_a_published_context_run_reads_exams_from_their_files(
    trainer: Any, workspace: Path
) -> None:
    dataset = home("c-context", workspace.parent)
    settings = {"epochs": 1, "batch_size": 4, "sequence.slots": 6}
    config = resolve(dataset, model="sequence", settings=settings)
    assert (config.model.name, config.sequence.slots) == ("custom_cnn_bn", 6)
    run = trainer.start(config)
    publish(run.folder.id, "exams")
    files = sorted(workspace.parent.rglob("train_images/*/*.dcm"))[:8]
    answers = analyse_exams(files, "exams")
    assert [answer.patient for answer in answers] == ["10000", "10007"]
    for answer in answers:
        assert [side.views for side in answer.breasts.values() if side] == [2, 2]
        assert not answer.faults
        assert answer.known == dict.fromkeys(("age", "density", "implant", "machine")) | {
            "exams": 1
        }
