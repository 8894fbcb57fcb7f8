"""Files made to harm whoever opens them give an image or a sentence, soon, and harm nobody."""

import time
import warnings
from collections.abc import Iterator

import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.hostile_files import damaged, sound_files, traps
from core.domain.images import Mammogram
from core.errors import ImageError
from core.preprocessing.isolated import Limits, Pool

FUZZING_SECONDS = 8.0
_begun: list[float] = []


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(1, Limits())
    made.warm()
    yield made
    made.close()


def check(pool: Pool, name: str, data: bytes) -> None:
    begun = time.monotonic()
    found = outcome(pool, data)
    assert time.monotonic() - begun < 10, name
    if isinstance(found, str):
        assert found.endswith("."), f"{name}: {found}"
        assert len(found) < 400, f"{name}: {found}"
        return
    assert np.isfinite(found.pixels).all(), name
    assert found.pixels.min() >= 0, name
    assert found.pixels.max() <= 1, name


def outcome(pool: Pool, data: bytes) -> Mammogram | str:
    try:
        return pool.decode(data)
    except ImageError as fault:
        return str(fault)


def test_the_files_to_be_damaged_are_sound(pool: Pool) -> None:
    for name, data in sound_files().items():
        assert isinstance(outcome(pool, data), Mammogram), name


# The same files each time: `python -m bench.hostile` looks for new ones.
@settings(
    max_examples=4000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**48))
def test_damaged_files_of_every_kind(pool: Pool, seed: int) -> None:
    """As many as there is time for."""
    _begun.append(time.monotonic())
    if _begun[-1] - _begun[0] < FUZZING_SECONDS:
        check(pool, *damaged(seed))


def test_known_traps_cost_this_process_nothing(pool: Pool) -> None:
    with warnings.catch_warnings(action="ignore"):  # of writing what no one should
        files = list(traps())
    before = psutil.Process().memory_info().rss
    for name, data in files:
        check(pool, name, data)
    assert psutil.Process().memory_info().rss - before < 100e6
    assert isinstance(outcome(pool, sound_files()["DICOM JPEG 2000"]), Mammogram)
    assert pool.status().busy == 0
