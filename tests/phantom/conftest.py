"""Phantoms that several tests look at, each made once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.domain.cases import Pathology, Side, View
from core.phantom import PhantomConfig, PhantomImage, image, patient, write_phantom

SET_PATIENTS = 8
SMALL = PhantomConfig(seed=7, patients=6, height=288)


@pytest.fixture(scope="session")
def config() -> PhantomConfig:
    return SMALL


@pytest.fixture(scope="session")
def some_patients() -> list[list[PhantomImage]]:
    return [patient(SMALL, index) for index in range(18)]


@pytest.fixture(scope="session")
def with_findings(some_patients: list[list[PhantomImage]]) -> list[PhantomImage]:
    return [image for images in some_patients for image in images if image.masks]


@pytest.fixture(scope="session")
def full_size() -> list[PhantomImage]:
    """Normal breasts at the usual size, for what must be measured in millimetres."""
    normal = PhantomConfig(seed=9, prevalence={Pathology.NORMAL: 1.0})
    found = [image(normal, index, Side.LEFT, View.CC) for index in range(5)]
    return [one for one in found if not one.case.metadata.implant]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Every layout once, at a height at which writing takes no time."""
    made: dict[str, Path] = {}

    def write(layout: str) -> Path:
        if layout not in made:
            out = tmp_path_factory.mktemp(layout) / "set"
            # Two layouts have a size of their own, which takes its time.
            patients = 3 if layout in ("mini-mias", "ddsm-tfrecord") else SET_PATIENTS
            config = PhantomConfig(seed=11, patients=patients, height=256)
            write_phantom(config, out, layout)
            made[layout] = out
        return made[layout]

    return write


@pytest.fixture(scope="session")
def set_patients() -> int:
    return SET_PATIENTS
