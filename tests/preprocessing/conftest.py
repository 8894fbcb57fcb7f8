"""Small DICOM files made for one trap each, and a synthetic breast to find."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset

from bench.decode import write

DicomMaker = Callable[..., Path]


@pytest.fixture
def values() -> NDArray[np.uint16]:
    """Every 14-bit value in some pixel of 96 x 80, smooth enough for any codec."""
    ramp = np.linspace(0, 16383, 96 * 80).reshape(96, 80)
    return np.asarray(np.rint(ramp), np.uint16)


@pytest.fixture
def dicom(tmp_path: Path) -> DicomMaker:
    """Writes an image; header elements by keyword, None deletes one."""
    count = iter(range(1000))

    def make(
        pixels: NDArray[Any], syntax: uid.UID = uid.ExplicitVRLittleEndian, **elements: Any
    ) -> Path:
        def change(dataset: Dataset) -> None:
            for name, value in elements.items():
                if value is None:
                    del dataset[name]
                else:
                    setattr(dataset, name, value)

        words = pixels.view(f"u{pixels.itemsize}")
        return write(words, syntax, tmp_path / f"{next(count)}.dcm", change)

    return make


@pytest.fixture
def breast() -> NDArray[np.float32]:
    """320 x 256, chest wall on the left, dense centre, faint rim, a little noise around."""
    y, x = np.ogrid[0:320, 0:256]
    distance = np.hypot(x / 170, (y - 160) / 130)
    tissue = np.clip((1 - distance) * 5, 0, 1) * (0.35 + 0.4 * np.exp(-4 * distance**2))
    noise = np.random.default_rng(0).normal(0, 0.004, (320, 256))
    return np.clip(tissue + 0.02 + noise, 0, 1).astype(np.float32)


def inside(shape: tuple[int, int] = (320, 256)) -> NDArray[np.bool_]:
    y, x = np.ogrid[0 : shape[0], 0 : shape[1]]
    return np.asarray(np.hypot(x / 170, (y - 160) / 130) < 0.97)


@pytest.fixture
def truth() -> NDArray[np.bool_]:
    return inside()
