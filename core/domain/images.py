"""One decoded image: its pixels on one known scale, and what its header says of them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Side, View

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class ImageFacts:
    """Header facts that do not identify a person; None where the file does not say."""

    format: str  # DICOM, PNG, JPEG, TIFF, PGM, BMP, array
    rows: int
    columns: int
    bits: int  # used per pixel, not allocated
    colour: bool = False  # true colour, which no mammogram is
    frames: int = 1
    transfer_syntax: str | None = None
    modality: str | None = None
    body_part: str | None = None
    photometric: str | None = None
    presentation: bool | None = None  # True "For Presentation", False "For Processing"
    laterality: Side | None = None
    view: View | None = None
    spacing_mm: tuple[float, float] | None = None  # row, column
    machine: str | None = None
    age: float | None = None
    implant: bool | None = None
    windowing: str = "none"  # what was applied: window, sequence, sigmoid, range, none
    inverted: bool = False  # True when the file stored dense tissue dark and we turned it
    notes: tuple[str, ...] = field(default=())  # oddities, one sentence each


@dataclass(frozen=True)
class Mammogram:
    """`pixels` is H×W float32 in [0, 1], dense tissue bright.

    `to_source` takes homogeneous (x, y, 1) of these pixels to the stored image's, so
    that anything found here can be shown there.
    """

    pixels: Pixels
    facts: ImageFacts
    to_source: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))
