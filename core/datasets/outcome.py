"""What became of one case: its frames, or the reason why there are none."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True)
class Result:
    """Frames to store, a row of the table for each, and the reason when there are none."""

    frames: list[Frame] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
