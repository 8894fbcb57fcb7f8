"""Networks built once for the whole session: building them is most of what a test costs."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.models import ModelConfig
from core.models.catalogue import BACKBONES
from core.models.factory import Built, assemble


def small_size(name: str) -> int:
    """The smallest size at which feature maps are still more than one cell."""
    spec = BACKBONES.load(name)
    return spec.min_size if spec.default_size < 64 else max(spec.min_size, 64)


@pytest.fixture(scope="session")
def backbone() -> Callable[[str], Built]:
    """Two classes, the default head, seed 7; leave the model as it was."""
    made: dict[str, Built] = {}

    def get(name: str) -> Built:
        if name not in made:
            size = small_size(name)
            made[name] = assemble(ModelConfig(name, size, size, ("negative", "cancer")), seed=7)
        return made[name]

    return get


@pytest.fixture(scope="session")
def images() -> Callable[[int], NDArray[np.float32]]:
    """Two smooth grey pictures of a size."""

    def get(size: int, count: int = 2) -> NDArray[np.float32]:
        coarse = np.random.default_rng(size).random((count, 4, 4, 1), np.float32)
        fine = coarse.repeat(-(-size // 4), axis=1).repeat(-(-size // 4), axis=2)
        return np.ascontiguousarray(fine[:, :size, :size])

    return get
