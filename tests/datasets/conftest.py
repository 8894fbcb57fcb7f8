"""Small sets in every layout, written once a session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.phantom.config import PhantomConfig
from core.phantom.layouts import LAYOUTS
from core.phantom.write import write_phantom
from tests.datasets.own_sets import OWN, write_manifest


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A set as its publisher ships it, or as its owner wrote it. Read it, do not change it."""
    made: dict[str, Path] = {}

    def write(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp(name) / "set"
            if name in LAYOUTS:
                write_phantom(PhantomConfig(seed=3, patients=6, height=96), made[name], name)
            else:
                OWN[name](made[name])
        return made[name]

    return write


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A manifest with its images that a test may change."""
    root = tmp_path / "own"
    write_manifest(root)
    return root
