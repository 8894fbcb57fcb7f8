"""Fewer points that draw the same line: of each stretch its lowest and highest are kept.

Stretches are a power of two long and begin at the first point, so that a line that grows
keeps its points until there are twice as many, and does not flicker.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def places(values: Floats, most: int) -> NDArray[np.intp]:
    """Which points to draw, in their order; at most `most`, the first and last among them."""
    count = len(values)
    if count <= most:
        return np.arange(count)
    width = 1
    while 2 * -(-count // width) + 2 > most:
        width *= 2
    stretches = -(-count // width)
    padded = np.full(stretches * width, np.nan)
    padded[:count] = values
    table = padded.reshape(stretches, width)
    begins = np.arange(stretches) * width
    low = begins + np.where(np.isnan(table), np.inf, table).argmin(axis=1)
    high = begins + np.where(np.isnan(table), -np.inf, table).argmax(axis=1)
    chosen: NDArray[np.intp] = np.unique(np.concatenate([[0], low, high, [count - 1]]))
    return chosen
