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
