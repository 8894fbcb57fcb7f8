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
