"""PNG, JPEG, TIFF, PGM and BMP at 8 and 16 bits: their headers tell little but size and depth."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.domain.images import ImageFacts
from core.errors import ImageError
from core.preprocessing.decoding import pgm
from core.preprocessing.decoding.kind import ordinary_format
from core.preprocessing.decoding.limits import check_size, too_large
from core.preprocessing.decoding.quiet import quiet
from core.preprocessing.decoding.source import Content
from core.preprocessing.decoding.stored import Stored
from core.preprocessing.decoding.transforms import Span, Transform, inverted

WHITE_IS_ZERO = 0
PHOTOMETRIC = 262
COLOUR = "This is a colour image, which no mammogram is; its brightness is used."
BITS = {"1": 1, "I;16": 16, "I;16B": 16, "I;16L": 16, "I": 16, "F": 32}


def facts(content: Content) -> ImageFacts:
    """Whether it is in colour only the pixels tell: grey is often stored as three channels."""
    name = ordinary_format(content.head(16)) or "image"
    try:
        return _facts(content, name)
    except ImageError:
        raise
    except Exception:  # libraries find damage in a header also while they are asked about it
        raise _damaged(name) from None


def _facts(content: Content, name: str) -> ImageFacts:
    with quiet(), _header(content, name) as image:
        columns, rows = image.size
        check_size(rows, columns, 4)
        frames = int(getattr(image, "n_frames", 1))
        return ImageFacts(
            format=name,
            rows=rows,
            columns=columns,
            bits=BITS.get(image.mode, 8),
            frames=frames,
            inverted=_white_is_zero(image, name),
            notes=(f"The file holds {frames} pages; the first is used.",) if frames > 1 else (),
        )


def read(content: Content, voi: bool, working_height: int | None = None) -> Stored:
    """These formats have no display window and are decoded whole: nothing else is asked here."""
    known = facts(content)
    with quiet():
        words, colour = _one_channel(_words(content, known))
    scale, bits = _scale(words, pgm.announced_top(content))
    notes = (*known.notes, COLOUR) if colour else known.notes
    # Libraries turn eight-bit TIFFs whose zero is white, and leave deeper ones as they are.
    transform = inverted(scale) if known.inverted and words.dtype != np.uint8 else scale
    return Stored(
        words,
        lambda found: transform(found.astype(float)),
        replace(known, bits=bits, colour=colour, notes=notes),
    )


@contextmanager
def _header(content: Content, name: str) -> Iterator[Image.Image]:
    """Pillow reads a header without decoding pixels, and refuses absurd sizes on its own."""
    with content.stream() as stream:
        try:
            image = Image.open(stream, formats=("PPM",) if name == "PGM" else (name,))
        except Image.DecompressionBombError:
            raise too_large("its header announces more than can be right") from None
        except Exception:  # a broken header fails in as many ways as there are bytes
            raise _damaged(name) from None
        with image:
            yield image


def _damaged(name: str) -> ImageError:
    return ImageError(
        f"The {name} image cannot be read: the file is damaged or cut short. "
        "Copy or export it once more."
    )


def _white_is_zero(image: Image.Image, name: str) -> bool:
    tags = getattr(image, "tag_v2", {}) if name == "TIFF" else {}
    return bool(tags.get(PHOTOMETRIC, 1) == WHITE_IS_ZERO)


def _words(content: Content, known: ImageFacts) -> NDArray[Any]:
    """As stored: without the flag for it, OpenCV would quietly give eight bits."""
    if known.format == "PGM":
        try:
            grey = pgm.words(content, known.rows, known.columns)
        except ValueError:
            raise _damaged("PGM") from None
        if grey is not None:
            return grey
    try:
        words = cv2.imdecode(np.frombuffer(content.view, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        words = None
    if words is not None and words.shape[:2] == (known.rows, known.columns):
        return np.asarray(words)
    return _words_by_pillow(content, known.format)


def _words_by_pillow(content: Content, name: str) -> NDArray[Any]:
    try:
        with _header(content, name) as image:
            plain = image if image.mode in BITS or image.mode == "L" else image.convert("RGB")
            return np.asarray(plain)[..., ::-1] if plain.mode == "RGB" else np.asarray(plain)
    except ImageError:
        raise
    except Exception:  # truncated or corrupt data, in any of Pillow's ways
        raise _damaged(name) from None


def _one_channel(words: NDArray[Any]) -> tuple[NDArray[Any], bool]:
    """Three equal channels are grey; true colour becomes its brightness, opaque."""
    if words.dtype == np.bool_:
        words = words.astype(np.uint8) * 255
    if words.ndim == 2:
        return words, False
    blue, green, red = (words[..., channel] for channel in range(3))
    if np.array_equal(blue, green) and np.array_equal(green, red):
        return np.ascontiguousarray(blue), False
    colour = np.ascontiguousarray(words[..., :3])
    grey: NDArray[Any] = cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY)
    return grey, True


def _scale(words: NDArray[Any], announced: int | None) -> tuple[Transform, int]:
    """Of 16 bits often only 10, 12 or 14 are used: the largest value tells how many."""
    if words.dtype == np.uint8:
        return Span(0, announced or 255), 8
    if words.dtype.kind == "f":
        finite = words[np.isfinite(words)]
        ends = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        return (Span(0, 1) if ends[0] >= 0 and ends[1] <= 1 else Span(*ends)), 32
    lowest, largest = int(words.min()), int(words.max())
    bits = max(8, 2 * -(-largest.bit_length() // 2))
    return Span(min(lowest, 0), announced or 2**bits - 1), bits
