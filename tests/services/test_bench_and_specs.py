"""What the bench shows is what preparing does, and a kept preprocessing comes back the same."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.datasets.prepared import open_prepared
from core.domain.preprocess import PreprocessSpec, StepSpec
from core.errors import ConfigError, DatasetError, NotFound
from core.preprocessing.pipeline import prepare, to_stored
from core.services import bench, dataset_options, saved_specs
from core.services.originals import Originals


def test_the_walk_ends_in_the_pixels_of_the_prepared_set(phantom_workspace: Path) -> None:
    dataset = open_prepared("small")
    spec = dataset.info.spec
    for row in (0, 7):
        mammogram = Originals(dataset).open(row, spec)
        walk = bench.walk(mammogram, spec)
        assert [stage.spec for stage in walk.stages] == list(spec.steps)
        assert np.array_equal(to_stored(walk.last.pixels), dataset.images[row])
        assert np.array_equal(walk.last.pixels, prepare(mammogram, spec).pixels)
        assert walk.stages[0].before is walk.first


def test_a_step_that_cannot_be_done_is_named_and_passed_by(phantom_workspace: Path) -> None:
    dataset = open_prepared("small")
    spec = dataset.info.spec
    bad = PreprocessSpec(
        "bad", (StepSpec("no_such_step"), StepSpec("gaussian", {"sigma": -1.0})), 64, 64
    )
    walk = bench.walk(Originals(dataset).open(0, spec), bad)
    assert "no_such_step" in walk.stages[0].fault
    assert "from 0 to 10" in walk.stages[1].fault
    assert np.array_equal(walk.stages[1].after.pixels, walk.first.pixels)


def test_every_step_describes_its_parameters() -> None:
    for name, step in bench.steps().items():
        assert step.name == name
        assert step.title
        assert step.help
        assert all(one.check(one.default) == one.default for one in step.parameters)


@pytest.fixture
def own(workspace: Path) -> PreprocessSpec:
    spec = PreprocessSpec("mine", (StepSpec("clahe", {"clip": 3.0}), StepSpec("stretch")), 96, 64)
    saved_specs.save(spec)
    return spec


def test_a_kept_preprocessing_comes_back_by_name_and_by_file(own: PreprocessSpec) -> None:
    assert saved_specs.load("mine") == own
    assert saved_specs.load(str(saved_specs.file_of("mine"))) == own
    assert saved_specs.own() == ["mine"]


def test_preparing_takes_it_by_name_and_by_file(own: PreprocessSpec, tmp_path: Path) -> None:
    (tmp_path / "normal").mkdir()
    source = dataset_options.source("folder", str(tmp_path))
    for name in ("mine", str(saved_specs.file_of("mine"))):
        assert dataset_options.request("x", [source], spec=name).spec == own


@pytest.mark.parametrize("name", ["reading-room", "../up", "", "a b"])
def test_names_that_cannot_be_kept_are_refused(workspace: Path, name: str) -> None:
    spec = PreprocessSpec(name, (StepSpec("stretch"),), 64, 64)
    with pytest.raises((ConfigError, DatasetError)):
        saved_specs.save(spec)
    assert saved_specs.own() == []


def test_what_could_not_run_is_not_kept(workspace: Path) -> None:
    with pytest.raises(ConfigError, match="must be"):
        saved_specs.save(PreprocessSpec("mine", (StepSpec("clahe", {"clip": -1}),), 64, 64))
    with pytest.raises(NotFound, match="no_such_step"):
        saved_specs.save(PreprocessSpec("mine", (StepSpec("no_such_step"),), 64, 64))


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"name": "x"}), "\udcff"])
def test_a_file_that_is_no_preprocessing_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises((ConfigError, NotFound)):
        saved_specs.load(str(file))


def test_a_name_nobody_kept_lists_those_there_are(own: PreprocessSpec) -> None:
    with pytest.raises(NotFound, match=r"reading-room.*mine"):
        saved_specs.load("nobody")


def test_pictures_are_bounded(phantom_workspace: Path) -> None:
    import base64

    import cv2

    dataset = open_prepared("small")
    walk = bench.walk(Originals(dataset).open(0, dataset.info.spec), dataset.info.spec)
    data = base64.b64decode(bench.picture(walk.first, 50).partition(",")[2])
    shown: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert max(shown.shape) == 50
