"""The first frame's words as stored, from any transfer syntax, without a copy where it can be."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import Decoder
from pydicom.pixels.processing import apply_color_lut

from core.errors import CodecMissing, ImageError
from core.preprocessing.decoding import codecs, header, wavelet
from core.preprocessing.decoding.codestream import Announced, check_codestream
from core.preprocessing.decoding.dicom_facts import is_colour
from core.preprocessing.decoding.dicom_file import Opened, PixelElement
from core.preprocessing.decoding.transforms import Values, Words

SELF_DESCRIBED = (
    *uid.JPEG2000TransferSyntaxes,
    *uid.JPEGLSTransferSyntaxes,
    uid.HTJ2KLossless,
    uid.HTJ2KLosslessRPCL,
    uid.HTJ2K,
)


@dataclass(frozen=True)
class Frame:
    """`values` reads words, which lie unsigned; `range` is what the header allows of values."""

    words: NDArray[Any]
    values: Callable[[NDArray[Any]], Values]
    range: tuple[float, float]


def first_frame(opened: Opened, pixels: PixelElement) -> Frame:
    """Pixels of the first frame only: a series of slices is not read to show one."""
    decoder = codecs.decoder(str(opened.syntax))
    if decoder.is_native:
        _check_length(opened, pixels)
    else:
        _check_compressed(opened, pixels)
    direct = _direct(opened, pixels) if decoder.is_native else None
    decoded = _decoded(decoder, opened, pixels) if direct is None else direct
    if is_colour(opened.dataset):
        return _grey_frame(_luminance(decoded, opened.dataset))
    return _frame(decoded, opened)


def half_frame(opened: Opened, pixels: PixelElement) -> Frame | None:
    """The first frame at half its size, where its compression holds that (see `wavelet`)."""
    if opened.syntax not in wavelet.SYNTAXES:
        return None
    _check_compressed(opened, pixels)
    words = wavelet.half(opened, pixels)
    return None if words is None else _frame(words, opened)


def layout(dataset: Dataset) -> dict[str, Any]:
    bits = header.whole(dataset, "BitsAllocated", 16)
    return {
        "rows": header.whole(dataset, "Rows", 0),
        "columns": header.whole(dataset, "Columns", 0),
        "samples_per_pixel": header.whole(dataset, "SamplesPerPixel", 1),
        "bits_allocated": bits,
        "bits_stored": min(header.whole(dataset, "BitsStored", bits), bits),
        "pixel_representation": header.whole(dataset, "PixelRepresentation", 0),
        "photometric_interpretation": header.text(dataset, "PhotometricInterpretation")
        or "MONOCHROME2",
        "number_of_frames": max(1, header.whole(dataset, "NumberOfFrames", 1)),
    }


def _check_compressed(opened: Opened, pixels: PixelElement) -> None:
    size = layout(opened.dataset)
    wanted = Announced(
        size["rows"], size["columns"], size["bits_allocated"], size["samples_per_pixel"]
    )
    check_codestream(opened.view, pixels.start, wanted)


def _check_length(opened: Opened, pixels: PixelElement) -> None:
    size = layout(opened.dataset)
    samples = size["rows"] * size["columns"] * size["samples_per_pixel"]
    if size["photometric_interpretation"] == "YBR_FULL_422":
        samples = ceil(samples * 2 / 3)
    needed = ceil(samples * size["bits_allocated"] / 8)
    there = len(opened.view) - pixels.start
    if pixels.length is not None:
        there = min(there, pixels.length)
    if there < needed:
        raise ImageError(
            f"The pixels end early: {there:,} of {needed:,} bytes are there, so the file is cut "
            "short. Copy or export it once more."
        )


def _direct(opened: Opened, pixels: PixelElement) -> NDArray[Any] | None:
    """Grey words of whole bytes lie in the file as NumPy wants them."""
    size, little = layout(opened.dataset), opened.syntax != uid.ExplicitVRBigEndian
    width = size["bits_allocated"]
    plain = pixels.keyword == "PixelData" and size["samples_per_pixel"] == 1
    if not plain or width not in (8, 16, 32):
        return None
    if width == 8 and not little:  # bytes may be swapped in pairs: pydicom knows when
        return None
    kind = np.dtype(f"{'<' if little else '>'}u{width // 8}")
    count = size["rows"] * size["columns"]
    words = np.frombuffer(opened.view, kind, count, pixels.start)
    return words.reshape(size["rows"], size["columns"]).astype(kind.newbyteorder("="), copy=False)


def _decoded(decoder: Decoder, opened: Opened, pixels: PixelElement) -> NDArray[Any]:
    faults = []
    for plugin in codecs.plugins(decoder):
        try:
            return _decode_with(decoder, plugin, opened, pixels)
        except Exception as fault:  # a decoder may fail in any way: the next one has its turn
            faults.append(fault)
    raise _undecodable(opened, faults) from None


def _decode_with(
    decoder: Decoder, plugin: str, opened: Opened, pixels: PixelElement
) -> NDArray[Any]:
    options = layout(opened.dataset)
    options |= {"pixel_keyword": pixels.keyword, "pixel_vr": pixels.vr}
    if options["samples_per_pixel"] > 1:
        options["planar_configuration"] = header.whole(opened.dataset, "PlanarConfiguration", 0)
    if decoder.UID not in SELF_DESCRIBED:
        options["correct_unused_bits"] = False
    with opened.stream() as stream:
        stream.seek(pixels.start)
        array, _ = decoder.as_array(
            stream,
            index=0,
            raw=not is_colour(opened.dataset),
            decoding_plugin=plugin,
            **options,
        )
    return array


def _undecodable(opened: Opened, faults: list[Exception]) -> ImageError:
    name = opened.syntax.name
    if any(isinstance(fault, ImportError) for fault in faults):
        package = codecs.PACKAGES.get(opened.syntax, "python-gdcm")
        return CodecMissing(
            f"The image is compressed as {name} and its decoder could not be loaded. "
            f"Install the package {package} (pip install {package})."
        )
    return ImageError(
        f"The image is compressed as {name} and cannot be decoded: the data is damaged or uses a "
        "variant that no installed decoder knows. Export it uncompressed."
    )


def _luminance(decoded: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    kind = (header.text(dataset, "PhotometricInterpretation") or "").upper()
    if kind.startswith("PALETTE"):
        decoded = apply_color_lut(decoded, dataset)
    if decoded.ndim == 2:
        return decoded
    if decoded.dtype not in (np.uint8, np.uint16):
        scale = 65535 / np.iinfo(decoded.dtype).max
        decoded = np.rint(decoded * scale).astype(np.uint16)
    grey: NDArray[Any] = cv2.cvtColor(np.ascontiguousarray(decoded[..., :3]), cv2.COLOR_RGB2GRAY)
    return grey


def _grey_frame(words: NDArray[Any]) -> Frame:
    top = float(np.iinfo(words.dtype).max)
    return Frame(words, lambda found: found.astype(float), (0.0, top))


def _frame(decoded: NDArray[Any], opened: Opened) -> Frame:
    if decoded.dtype.kind == "f":
        finite = np.nan_to_num(decoded)
        span = (float(finite.min()), float(finite.max()))
        return Frame(finite, lambda found: found.astype(float), span)
    size, width = layout(opened.dataset), 8 * decoded.dtype.itemsize
    words = decoded.view(f"u{decoded.dtype.itemsize}")
    stored, signed = size["bits_stored"], bool(size["pixel_representation"])
    if opened.syntax in SELF_DESCRIBED:
        place = Words(width, width - 1, signed)
    else:
        high_bit = header.whole(opened.dataset, "HighBit", stored - 1)
        place = Words(stored, high_bit if stored - 1 <= high_bit < width else stored - 1, signed)
    low, high = Words(stored, stored - 1, signed).range
    return Frame(words, place, (float(low), float(high)))
