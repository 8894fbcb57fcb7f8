"""What every test may ask for, and the quiet the test run needs."""

import os
import shutil
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace of the test's own."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    monkeypatch.setenv("MAMMOLENS_WORKSPACE", str(folder))
    return folder


def _folder_from(variable: str, what: str) -> Path:
    value = os.environ.get(variable)
    if not value or not Path(value).is_dir():
        pytest.skip(f"{what} are not at hand: {variable} names no folder")
    return Path(value)


@pytest.fixture(scope="session")
def real_data() -> Path:
    return _folder_from("MAMMOLENS_REAL_DATA", "real mammograms")


@pytest.fixture(scope="session")
def real_weights() -> Path:
    return _folder_from("MAMMOLENS_REAL_WEIGHTS", "published weights")


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def phantom_master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the prepared set `small`: 16 synthetic images of 4 patients, 64x64."""
    from core.datasets.prepare import prepare_dataset
    from core.phantom import PhantomConfig, write_phantom
    from core.services import dataset_options

    folder = tmp_path_factory.mktemp("phantom")
    files, workspace = folder / "files", folder / "workspace"
    write_phantom(PhantomConfig(seed=3, patients=4, height=128), files)
    source = dataset_options.source("folder", str(files))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAMMOLENS_WORKSPACE", str(workspace))
        prepare_dataset(dataset_options.request("small", [source], size=64), workers=1)
    return workspace


@pytest.fixture
def phantom_workspace(
    phantom_master: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of it that a test may change."""
    folder = tmp_path / "workspace"
    shutil.copytree(phantom_master, folder)
    monkeypatch.setenv("MAMMOLENS_WORKSPACE", str(folder))
    return folder


@pytest.fixture(scope="session")
def exam_model_master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model of whole exams, `visits`, which has learned nothing, as it is published."""
    from dataclasses import asdict, replace

    import numpy as np

    from core.domain.card import ClassCard, OperatingPoint
    from core.domain.cases import Metadata
    from core.domain.models import ModelConfig, SequenceConfig
    from core.models import sequence
    from core.models.catalogue import explanation_layer
    from core.models.context import ContextEncoder
    from core.services import catalogue
    from core.training.reference import describe
    from core.training.sequence_data import CONTEXT_FILE

    folder = tmp_path_factory.mktemp("exams") / "visits"
    folder.mkdir()
    code = ContextEncoder.fit([Metadata(50, "B"), Metadata(70, "C", machine="Senograph")])
    network = ModelConfig("custom_cnn_bn", 64, 64, ("negative", "cancer"))
    model = sequence.build(SequenceConfig(network, code.width, slots=5, units=16), seed=5)
    model.save(folder / catalogue.MODEL)
    (folder / CONTEXT_FILE).write_text(code.to_json())
    draws = np.random.default_rng(0)
    width = model.get_layer("by_patient").output.shape[-1]
    learned, unseen = (draws.random((40, width), np.float32) for _ in range(2))
    describe(learned, unseen, draws.random((9, 8, 8), np.float32)).save(folder / catalogue.FITNESS)
    shipped = catalogue.bundles("image")[0].card
    card = replace(
        shipped,
        name="visits",
        kind="exam",
        classes=(ClassCard("negative", "No cancer", "No."), ClassCard("cancer", "Cancer", "Yes.")),
        preprocessing=replace(shipped.preprocessing, height=64, width=64),
        model=asdict(network),
        operating_point=OperatingPoint(0.5, ("cancer",), "validation part", "for want of better"),
        explanation_layer=explanation_layer(network),
    )
    (folder / catalogue.CARD).write_text(card.to_json())
    return folder


@pytest.fixture(scope="session")
def views_of_a_patient() -> dict[str, bytes]:
    """The four views of a phantom patient, as DICOM files that say whose they are."""
    from core.domain.cases import Side, View
    from core.phantom import PhantomConfig, dicom_bytes, image

    config = PhantomConfig(seed=5, patients=1, height=256)
    return {
        f"{side.name.lower()}_{view.name.lower()}.dcm": dicom_bytes(image(config, 0, side, view))
        for side in (Side.RIGHT, Side.LEFT)
        for view in (View.CC, View.MLO)
    }


@pytest.fixture
def exam_model(exam_model_master: Path, workspace: Path) -> str:
    """The name of a model of whole exams, published in a workspace of the test's own."""
    shutil.copytree(exam_model_master, workspace / "models" / "visits")
    return "visits"
