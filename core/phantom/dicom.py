"""A phantom image as the DICOM file a mammography machine would send.

The file says that it is synthetic wherever a viewer looks: the patient's name, the
manufacturer and the image comments.
"""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from core.errors import ConfigError
from core.phantom.dicom_header import header
from core.phantom.jpeg_lossless import encapsulated_jpeg_lossless
from core.phantom.render import PhantomImage

SYNTAXES: dict[str, UID] = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
    "rle": RLELossless,
    "jpeg-lossless": JPEGLosslessSV1,
    "jpeg-ls": JPEGLSLossless,
    "jpeg2000": JPEG2000Lossless,
}
Stored = NDArray[np.uint16]


def dicom_bytes(
    image: PhantomImage,
    *,
    syntax: str = "explicit",
    monochrome1: bool = False,
    bits: int = 12,
    presentation: bool = True,
) -> bytes:
    """The whole file; `syntax` is one of `SYNTAXES`, `bits` the depth stored in 16."""
    if syntax not in SYNTAXES or not 8 < bits <= 16:
        raise ConfigError(
            f"A phantom cannot be stored with syntax {syntax!r} and {bits!r} bits. "
            f"Allowed: {', '.join(SYNTAXES)}, and 9 to 16 bits. Choose one of these."
        )
    dataset = header(image, monochrome1, bits, presentation)
    stored = stored_values(image, bits, monochrome1)
    encode = _ENCODERS.get(syntax, _as_is)
    encode(dataset, stored, SYNTAXES[syntax])
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def stored_values(image: PhantomImage, bits: int, monochrome1: bool = False) -> Stored:
    top = 2**bits - 1
    values = np.round(image.pixels * np.float32(top)).astype(np.uint16)
    return np.asarray(top - values if monochrome1 else values, dtype=np.uint16)


def _as_is(dataset: FileDataset, stored: Stored, syntax: UID) -> None:
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = stored.tobytes()
    dataset["PixelData"].VR = "OW"


def _compressed(dataset: FileDataset, stored: Stored, syntax: UID) -> None:
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.compress(syntax, arr=stored, generate_instance_uid=False)


def _jpeg2000(dataset: FileDataset, stored: Stored, syntax: UID) -> None:
    codestream = encode_array(stored, bits_stored=dataset.BitsStored)
    _encapsulated(dataset, encapsulate([bytes(codestream)]), syntax)


def _jpeg_lossless(dataset: FileDataset, stored: Stored, syntax: UID) -> None:
    """pydicom has no encoder for it; gdcm has."""
    _encapsulated(dataset, encapsulated_jpeg_lossless(stored, dataset.BitsStored), syntax)


def _encapsulated(dataset: FileDataset, pixel_data: bytes, syntax: UID) -> None:
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = pixel_data
    dataset["PixelData"].VR = "OB"


_ENCODERS: dict[str, Callable[[FileDataset, Stored, UID], None]] = {
    "rle": _compressed,
    "jpeg-lossless": _jpeg_lossless,
    "jpeg-ls": _compressed,
    "jpeg2000": _jpeg2000,
}
