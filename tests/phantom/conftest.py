"""Phantoms that several tests look at, each made once."""

import pytest

from core.domain.cases import Pathology, Side, View
from core.phantom import PhantomConfig, PhantomImage, image, patient

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
