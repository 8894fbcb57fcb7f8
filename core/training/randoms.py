"""Random numbers that are a function of (seed, stream, counter) and of nothing before them.

A backend's generator has its own numbers and its own state; these are the same on every
backend and machine, and a resumed run finds its place without having kept any.
"""

import numpy as np
from numpy.typing import NDArray

Counters = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def uniform(seed: int, stream: int, counters: Counters) -> NDArray[np.float64]:
    """In [0, 1), one for each counter."""
    base = _mix(np.array([seed], np.uint64) * _STEP + np.uint64(stream))
    bits = _mix(_mix(base ^ (np.asarray(counters, np.uint64) * _STEP)))
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def between(
    low: float, high: float, seed: int, stream: int, counters: Counters
) -> NDArray[np.float64]:
    return low + (high - low) * uniform(seed, stream, counters)


def generator(seed: int, *place: int) -> np.random.Generator:
    """For longer draws, such as the order of an epoch; `place` says which."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, *place))))


def _mix(values: Counters) -> Counters:
    """The finaliser of splitmix64: every bit of the result depends on every bit given."""
    values = (values ^ (values >> np.uint64(30))) * _FIRST
    values = (values ^ (values >> np.uint64(27))) * _SECOND
    return values ^ (values >> np.uint64(31))
