"""A way to draw what a model looked at, described so that a menu can offer it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.float32]
Progress = Callable[[float], None]


class Cost(StrEnum):
    """What one map costs beside the prediction it explains."""

    LIVE = "live"  # comes with the prediction
    QUICK = "quick"  # another prediction or two
    SLOW = "slow"  # dozens of predictions
    VERY_SLOW = "very slow"  # hundreds of predictions


class Explain(Protocol):
    """(N, H, W, 1) images and a class by its place in; (N, h, w) maps out.

    Maps are finite, 0 and above, 0 where nothing speaks for the class, on a grid of the
    method's own, and the same for the same question.
    """

    def __call__(
        self, batch: NDArray[np.float32], target: int, progress: Progress | None = None
    ) -> Maps: ...


@dataclass(frozen=True)
class Method:
    """`make(model, layer)` compiles it; `by_layer` says whether the layer makes a difference.

    `tiles` methods read images larger than the model's input, as a patch model is used.
    """

    title: str
    plain: str
    cost: Cost
    make: Callable[[Any, str], Explain]
    by_layer: bool = True
    tiles: bool = False
