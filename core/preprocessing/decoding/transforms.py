"""The value transforms of DICOM as pure functions on arrays (PS3.3 C.11.1 and C.11.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Transform = Callable[[Values], Values]


class WindowFunction(StrEnum):
    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True)
class Window:
    """A display window that turns values into greys in [0, 1]."""

    centre: float
    width: float
    function: WindowFunction = WindowFunction.LINEAR

    @property
    def usable(self) -> bool:
        narrowest = 1 if self.function is WindowFunction.LINEAR else np.finfo(float).tiny
        return bool(np.isfinite([self.centre, self.width]).all() and self.width >= narrowest)

    def __call__(self, values: Values) -> Values:
        if self.function is WindowFunction.SIGMOID:
            steepness = np.clip(-4 * (values - self.centre) / self.width, -700, 700)
            return np.asarray(1 / (1 + np.exp(steepness)))
        if self.function is WindowFunction.LINEAR_EXACT:
            return _clipped((values - self.centre) / self.width + 0.5)
        return self._linear(values)

    def _linear(self, values: Values) -> Values:
        """Half a value off the centre and one off the width, as the standard has it."""
        centre, width = self.centre - 0.5, self.width - 1
        if width == 0:
            return (values > centre).astype(float)
        return _clipped((values - centre) / width + 0.5)


@dataclass(frozen=True)
class LookupTable:
    """A list of outputs for the inputs from `first` on; inputs outside take the nearest end."""

    first: int
    outputs: Values
    bits: int

    def __call__(self, values: Values) -> Values:
        places = np.clip(values - self.first, 0, len(self.outputs) - 1)
        found: Values = self.outputs[np.rint(places).astype(np.int64)]
        return found

    def grey(self, values: Values) -> Values:
        return _clipped(self(values) / (2**self.bits - 1))


@dataclass(frozen=True)
class Rescale:
    slope: float
    intercept: float

    def __call__(self, values: Values) -> Values:
        return values * self.slope + self.intercept


@dataclass(frozen=True)
class Span:
    """Scales a range of values to [0, 1]; a flat image becomes black."""

    low: float
    high: float

    def __call__(self, values: Values) -> Values:
        width = self.high - self.low
        if not width > 0:
            return np.zeros(np.shape(values))
        return _clipped((values - self.low) / width)


@dataclass(frozen=True)
class Words:
    """Where a value's bits lie in a stored word: bits beside them may hold an old overlay."""

    stored: int
    high_bit: int
    signed: bool

    def __call__(self, words: NDArray[np.unsignedinteger]) -> Values:
        span = 2**self.stored
        values = (words.astype(np.int64) >> (self.high_bit + 1 - self.stored)) & (span - 1)
        if self.signed:
            values -= span * (values >= span // 2)
        return np.asarray(values, np.float64)

    @property
    def range(self) -> tuple[int, int]:
        half = 2 ** (self.stored - 1)
        return (-half, half - 1) if self.signed else (0, 2 * half - 1)


def _clipped(values: Values) -> Values:
    return np.asarray(np.clip(values, 0, 1))


def identity(values: Values) -> Values:
    return values


def inverted(transform: Transform) -> Transform:
    def inverse(values: Values) -> Values:
        return 1 - transform(values)

    return inverse
