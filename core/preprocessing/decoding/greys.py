"""Which transforms a DICOM header asks for, in order: modality, then display, then polarity."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from core.preprocessing.decoding import header
from core.preprocessing.decoding.transforms import (
    LookupTable,
    Rescale,
    Span,
    Transform,
    Values,
    Window,
    WindowFunction,
    identity,
)


@dataclass(frozen=True)
class Display:
    """`transform` gives greys; `windowing` names what it is; `notes` tell of choices made."""

    transform: Transform
    windowing: str
    notes: tuple[str, ...] = ()


def modality(dataset: Dataset) -> Transform:
    """Stored values to what the machine measured; a table takes precedence over a line."""
    for item in header.items(dataset, "ModalityLUTSequence"):
        if (table := _table(item, dataset)) is not None:
            return table
    part = header.functional(dataset, "PixelValueTransformationSequence", "RescaleSlope")
    slope, intercept = header.number(part, "RescaleSlope"), header.number(part, "RescaleIntercept")
    if not slope:
        return identity
    return Rescale(slope, intercept or 0.0)


def display(dataset: Dataset, span: Callable[[], tuple[float, float]]) -> Display:
    """The first list, else the first window, else the range of the values themselves."""
    listed = [_table(item, dataset) for item in header.items(dataset, "VOILUTSequence")]
    tables = [table for table in listed if table is not None]
    if tables:
        return Display(tables[0].grey, "sequence", _several(len(tables), "display table"))
    part = header.functional(dataset, "FrameVOILUTSequence", "WindowCenter")
    windows = _windows(part)
    if windows:
        name = "sigmoid" if windows[0].function is WindowFunction.SIGMOID else "window"
        return Display(windows[0], name, _several(len(windows), "display window"))
    return Display(
        Span(*span()),
        "range",
        ("The file gives no display window, so the image is scaled by its own range.",),
    )


def is_inverted(dataset: Dataset) -> bool:
    shape = (header.text(dataset, "PresentationLUTShape") or "").upper()
    kind = (header.text(dataset, "PhotometricInterpretation") or "").upper()
    return kind == "MONOCHROME1" or shape == "INVERSE"


def _several(count: int, what: str) -> tuple[str, ...]:
    return (f"The file holds {count} {what}s; the first is used.",) if count > 1 else ()


def _windows(part: Dataset) -> list[Window]:
    centres, widths = (_numbers(part, name) for name in ("WindowCenter", "WindowWidth"))
    try:
        function = WindowFunction((header.text(part, "VOILUTFunction") or "LINEAR").upper())
    except ValueError:
        function = WindowFunction.LINEAR
    pairs = zip(centres, widths, strict=False)
    windows = [Window(centre, width, function) for centre, width in pairs]
    return [window for window in windows if window.usable]


def _numbers(part: Dataset, name: str) -> list[float]:
    found = header.value(part, name)
    try:
        return [float(one) for one in (found if isinstance(found, list) else [found])]
    except (TypeError, ValueError):
        try:
            return [float(one) for one in found]
        except (TypeError, ValueError):
            return []


def _table(item: Dataset, dataset: Dataset) -> LookupTable | None:
    """None where the list is broken: a wrong table would be worse than none."""
    descriptor, data = header.value(item, "LUTDescriptor"), header.value(item, "LUTData")
    try:
        count, start, bits = (int(one) for one in descriptor)
        outputs = _outputs(data, count & 0xFFFF or 65536, dataset)
    except (TypeError, ValueError):
        return None
    if not 1 <= bits <= 16 or not len(outputs):
        return None
    if start > 32767 and header.whole(dataset, "PixelRepresentation", 0):
        start -= 65536
    return LookupTable(start, outputs, bits)


def _outputs(data: object, count: int, dataset: Dataset) -> Values:
    """Outputs come as numbers, or as bytes where the header called them words (OW)."""
    if isinstance(data, bytes):
        order = "<" if _little(dataset) else ">"
        kind = "u1" if len(data) in (count, count + count % 2) and count > 1 else f"{order}u2"
        data = np.frombuffer(data[: len(data) // 2 * 2 if kind != "u1" else None], kind)
    outputs = np.atleast_1d(np.asarray(data, dtype=float))
    if len(outputs) == (count + 1) // 2 > 1:  # two entries of eight bits in each word
        outputs = outputs.astype("<u2").view("u1").astype(float)
    return outputs[:count]


def _little(dataset: Dataset) -> bool:
    encoding = getattr(dataset, "original_encoding", (None, None))[1]
    return encoding is not False
