"""DICOM files: the header's facts, the first frame's words, and the transforms in their order."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from pydicom.dataset import Dataset

from core.domain.images import ImageFacts
from core.errors import ImageError
from core.preprocessing.decoding import dicom_facts, greys, header
from core.preprocessing.decoding.averaging import reduction
from core.preprocessing.decoding.dicom_file import Opened, PixelElement, open_dicom
from core.preprocessing.decoding.dicom_frame import Frame, first_frame, half_frame
from core.preprocessing.decoding.quiet import quiet
from core.preprocessing.decoding.source import Content
from core.preprocessing.decoding.stored import Stored, may_stay_halved
from core.preprocessing.decoding.transforms import Span, Transform, Values, inverted

SAMPLED = 1_000_000
HEADER = 1 << 22  # bytes; no header is longer
# The half-size image must still be twice as fine as what is made of it.
LEAST_HALVED = 4
TAIL = 0.0001  # share of pixels beyond either end of the range: stuck pixels must not set it


def facts(content: Content) -> ImageFacts:
    with quiet():
        return dicom_facts.read(open_dicom(content, HEADER))


def read(content: Content, voi: bool, working_height: int | None = None) -> Stored:
    with quiet():
        opened = open_dicom(content)
        known = dicom_facts.read(opened)
        if opened.pixels is None:
            raise ImageError("This DICOM file holds no pixels. Choose the file of a mammogram.")
        if reduction(known.rows, working_height) >= LEAST_HALVED:
            halved = _halved(opened, opened.pixels, known, voi)
            if halved and may_stay_halved(halved):
                return halved
        return _stored(opened, first_frame(opened, opened.pixels), known, voi)


def _halved(opened: Opened, pixels: PixelElement, known: ImageFacts, voi: bool) -> Stored | None:
    """None where no part of the file does in place of the whole."""
    if voi and greys.display(opened.dataset, lambda: (0.0, 1.0)).windowing == "range":
        return None  # the range is that of all pixels: a mean knows no extremes
    frame = half_frame(opened, pixels)
    return None if frame is None else replace(_stored(opened, frame, known, voi), halved=True)


def _stored(opened: Opened, frame: Frame, known: ImageFacts, voi: bool) -> Stored:
    shown = _shown(opened.dataset, frame, voi)
    notes = known.notes + shown.notes
    return Stored(
        frame.words,
        lambda words: shown.transform(frame.values(words)),
        replace(known, windowing=shown.windowing, notes=notes),
    )


def _shown(dataset: Dataset, frame: Frame, voi: bool) -> greys.Display:
    """Modality, then display, then polarity: the standard's order, and no other gives its image."""
    if dicom_facts.is_colour(dataset):
        return greys.Display(Span(*frame.range), "none")
    modality = greys.modality(dataset)
    if voi:
        shown = greys.display(dataset, lambda: _used_range(dataset, frame, modality))
    else:
        shown = greys.Display(Span(*_span(modality, frame.range)), "none")
    transform = _then(modality, shown.transform)
    if greys.is_inverted(dataset):
        transform = inverted(transform)
    return replace(shown, transform=transform)


def _then(before: Transform, after: Transform) -> Transform:
    def both(values: Values) -> Values:
        return after(before(values))

    return both


def _span(modality: Callable[[Values], Values], ends: tuple[float, float]) -> tuple[float, float]:
    low, high = sorted(modality(np.array(ends)))
    return float(low), float(high)


def _used_range(dataset: Dataset, frame: Frame, modality: Transform) -> tuple[float, float]:
    """The range that the values use, padding and a few stuck pixels left out."""
    words = frame.words
    step = max(1, int(np.sqrt(words.size / SAMPLED)))
    values = frame.values(words[::step, ::step]).ravel()
    values = values[~_is_padding(dataset, values)] if len(values) else values
    if not len(values):
        return 0.0, 0.0
    used = np.sort(modality(values))
    left_out = int(TAIL * (len(used) - 1))
    return float(used[left_out]), float(used[len(used) - 1 - left_out])


def _is_padding(dataset: Dataset, values: Values) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    padding = header.number(dataset, "PixelPaddingValue")
    if padding is None:
        return np.zeros(len(values), bool)
    limit = header.number(dataset, "PixelPaddingRangeLimit")
    low, high = sorted((padding, padding if limit is None else limit))
    return (values >= low) & (values <= high)
