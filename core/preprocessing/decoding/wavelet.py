"""JPEG 2000 decoded at half its resolution, which leaves three quarters of the work undone.

A frame holds a half-size image within it. Its pixels lie on every other pixel of the full
image, as weighted means around them. What this module does not understand in full it
declines, and the frame is decoded whole.
"""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.encaps import get_frame

from core.preprocessing.decoding import header
from core.preprocessing.decoding.codestream import JPEG_2000, LOOKED_AT
from core.preprocessing.decoding.dicom_file import Opened, PixelElement

SYNTAXES = (uid.JPEG2000Lossless, uid.JPEG2000)
CODING, TILE = 0x52, 0x90
# Of one component alone, or a region of interest: seldom, and no mammogram needs them.
DECLINED = {0x53, 0x5E}


@dataclass(frozen=True)
class _Grid:
    """The sizes that a frame begins with (ISO 15444-1, A.5.1)."""

    right: int
    lower: int
    left: int
    upper: int
    tile_width: int
    tile_height: int
    tile_left: int
    tile_upper: int


def half(opened: Opened, pixels: PixelElement) -> NDArray[np.uint16] | None:
    """The words at half size, or None where only the whole frame will do."""
    if not _is_plain(opened):
        return None
    try:
        with opened.stream() as stream:
            stream.seek(pixels.start)
            frame = get_frame(stream, 0, number_of_frames=1)
        bits = _bits(frame, _number(opened, "Rows"), _number(opened, "Columns"))
        return None if bits is None else _decoded(frame, bits)
    except Exception:  # whatever is wrong, decoding the whole frame says it properly
        return None


def _number(opened: Opened, name: str, default: int = 0) -> int:
    return header.whole(opened.dataset, name, default)


def _is_plain(opened: Opened) -> bool:
    single = _number(opened, "SamplesPerPixel", 1) == 1 == _number(opened, "NumberOfFrames", 1)
    photometric = header.text(opened.dataset, "PhotometricInterpretation") or "MONOCHROME2"
    return (
        single
        and photometric.startswith("MONOCHROME")
        and not _number(opened, "PixelRepresentation")
    )


def _bits(frame: bytes, rows: int, columns: int) -> int | None:
    """How many a value has; None for a frame that is not one plain image of this size."""
    at = frame.find(JPEG_2000, 0, LOOKED_AT)
    code = frame[at : at + LOOKED_AT]
    if at < 0 or len(code) < 45:
        return None
    places = range(8, 40, 4)
    grid = _Grid(*(int.from_bytes(code[place : place + 4], "big") for place in places))
    components, depth, across, down = int.from_bytes(code[40:42], "big"), *code[42:45]
    fits = (grid.lower, grid.right) == (rows, columns) and _begins_even(grid)
    # With few bits the means are too coarse; a sign would be the highest bit of `depth`.
    plain = components == across == down == 1 and 9 <= depth < 16
    return depth + 1 if fits and plain and _has_halves(code) else None


def _begins_even(grid: _Grid) -> bool:
    """Each tile is halved on its own: only if all begin on even pixels are halves evenly spaced."""
    whole = grid.tile_width >= grid.right and grid.tile_height >= grid.lower
    even = grid.tile_width % 2 == 0 == grid.tile_height % 2
    return not any((grid.left, grid.upper, grid.tile_left, grid.tile_upper)) and (whole or even)


def _has_halves(code: bytes) -> bool:
    """At least one level of wavelets, for all of the image alike."""
    at, levels = 4 + int.from_bytes(code[4:6], "big"), 0
    while at + 10 <= len(code) and code[at] == 0xFF and code[at + 1] != TILE:
        if code[at + 1] in DECLINED:
            return False
        if code[at + 1] == CODING:
            levels = code[at + 9]
        at += 2 + int.from_bytes(code[at + 2 : at + 4], "big")
    return 1 <= levels <= 32


def _decoded(frame: bytes, bits: int) -> NDArray[np.uint16] | None:
    from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

    with Jpeg2KImageFile(io.BytesIO(frame)) as image:
        image.reduce = 1
        words = np.asarray(image)
    if words.dtype != np.uint16 or words.ndim != 2:
        return None
    # Pillow fills a word's upper bits with the value; elsewhere it lies in the lower ones.
    return np.asarray(words >> np.uint16(16 - bits))
