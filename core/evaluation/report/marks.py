"""What a chart is made of, as numbers: the screen and the paper each draw them their own way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    x: Numbers
    y: Numbers
    colour: str
    dash: str = ""


@dataclass(frozen=True)
class Band:
    x: Numbers
    low: Numbers
    high: Numbers
    colour: str


@dataclass(frozen=True)
class Bars:
    edges: Numbers
    heights: Numbers
    colour: str


@dataclass(frozen=True)
class Dots:
    x: Numbers
    y: Numbers
    colour: str
    low: Numbers | None = None
    high: Numbers | None = None


Mark = Line | Band | Bars | Dots


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    label: str
    colour: str
    dash: str
