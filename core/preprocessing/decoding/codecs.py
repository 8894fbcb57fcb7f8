"""Which decoder handles which compression, quickest correct one first, all permissively licensed.

pydicom brings the frames; the decoders that it does not know how to call are added
to it here. Measured on 3328 x 4084 pixels of 14 bits: RLE 48 ms against 241 in Python,
JPEG lossless 50 ms with libjpeg-turbo (imagecodecs) against 330 with GDCM, JPEG 2000 510 ms
with its OpenJPEG against 920. GDCM stays for colour and for what the quicker ones refuse.
"""

import threading
from functools import cache
from importlib.util import find_spec

from pydicom import uid
from pydicom.pixels.decoders.base import Decoder, DecodeRunner, get_decoder

from core.errors import CodecMissing, ImageError
from core.preprocessing.decoding import header

HERE = __name__
JPEG = (uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLossless, uid.JPEGLosslessSV1)
JPEG_2000 = (uid.JPEG2000Lossless, uid.JPEG2000)
HT_JPEG_2000 = (uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.HTJ2K)
JPEG_LS = (uid.JPEGLSLossless, uid.JPEGLSNearLossless)
QUICK = "mammolens-imagecodecs"
ORDER = {
    **dict.fromkeys(JPEG, (QUICK, "gdcm", "mammolens-gdcm", "pillow")),
    **dict.fromkeys(JPEG_LS, (QUICK, "gdcm")),
    **dict.fromkeys(JPEG_2000, (QUICK, "gdcm", "mammolens-openjpeg", "pillow")),
    **dict.fromkeys(HT_JPEG_2000, ("mammolens-openjpeg",)),
    uid.RLELossless: ("mammolens-rle", "pydicom"),
}
PACKAGES = {
    **dict.fromkeys(JPEG, "python-gdcm"),
    **dict.fromkeys(JPEG_LS, "imagecodecs"),
    **dict.fromkeys((*JPEG_2000, *HT_JPEG_2000), "pylibjpeg-openjpeg"),
    uid.RLELossless: "pylibjpeg-rle",
}
# pydicom asks a plug-in's module for these two by name.
DECODER_DEPENDENCIES = {syntax: (package,) for syntax, package in PACKAGES.items()}
_adding = threading.Lock()
MODULES = {
    QUICK: "imagecodecs",
    "mammolens-rle": "rle",
    "mammolens-openjpeg": "openjpeg",
    "mammolens-gdcm": "gdcm",
}


def is_available(syntax: str) -> bool:
    return any(find_spec(MODULES[name]) for name in ORDER[uid.UID(syntax)] if name in MODULES)


def decode_rle(frame: bytes, runner: DecodeRunner) -> bytearray:
    from rle.rle import decode_frame

    try:
        decoded: bytearray = decode_frame(
            frame, runner.rows * runner.columns, runner.bits_allocated, "<"
        )
    except BaseException as fault:  # Rust's panic on damaged data is no Exception
        if isinstance(fault, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise ValueError("the RLE data is damaged") from None
    runner.set_option("planar_configuration", 1)
    return decoded


def decode_openjpeg(frame: bytes, runner: DecodeRunner) -> bytearray:
    from openjpeg import decode_pixel_data

    decoded: bytearray = decode_pixel_data(frame, version=2)
    if runner.photometric_interpretation in ("YBR_ICT", "YBR_RCT"):
        runner.set_option("photometric_interpretation", "RGB")
    precision = runner.get_option("j2k_precision", runner.bits_stored)
    runner.set_option("bits_allocated", 8 if precision <= 8 else 16 if precision <= 16 else 32)
    return decoded


def decode_quickly(frame: bytes, runner: DecodeRunner) -> memoryview:
    """Grey only: what colours mean differs between the standard and the codecs."""
    import imagecodecs

    if runner.samples_per_pixel != 1:
        raise ValueError("colour is left to other decoders")
    syntax = runner.transfer_syntax
    if syntax in JPEG_2000:
        words = imagecodecs.jpeg2k_decode(frame, numthreads=1)
    elif syntax in JPEG_LS:
        words = imagecodecs.jpegls_decode(frame)
    else:
        words = imagecodecs.jpeg_decode(frame)
    if words.shape != (runner.rows, runner.columns):
        raise ValueError(f"the frame is {words.shape}, the header says otherwise")
    runner.set_option("bits_allocated", 8 * words.itemsize)
    return words.data.cast("B")


def decode_gdcm(frame: bytes, runner: DecodeRunner) -> bytes:
    """JPEG with 12 bits, which pydicom refuses to hand to GDCM though GDCM decodes it."""
    from pydicom.pixels.decoders.gdcm import _decode_frame

    syntax = runner.transfer_syntax
    runner.set_option("transfer_syntax_uid", uid.JPEGBaseline8Bit)
    try:
        return _decode_frame(frame, runner)
    finally:
        runner.set_option("transfer_syntax_uid", syntax)


FUNCTIONS = {
    "mammolens-rle": "decode_rle",
    "mammolens-openjpeg": "decode_openjpeg",
    "mammolens-gdcm": "decode_gdcm",
    QUICK: "decode_quickly",
}


@cache
def _silence_gdcm() -> None:
    import gdcm

    gdcm.Trace.WarningOff()
    gdcm.Trace.ErrorOff()


@cache
def decoder(syntax: str) -> Decoder:
    """pydicom's decoder for a transfer syntax, with our plug-ins added."""
    try:
        found = get_decoder(syntax)
    except NotImplementedError:
        raise ImageError(
            f"The transfer syntax {header.uid_name(syntax) or 'in the header'!r} is none that "
            "Mammolens reads. "
            "Export the image uncompressed or as JPEG 2000."
        ) from None
    if "gdcm" in found.available_plugins:
        _silence_gdcm()
    with _adding:
        for name in ORDER.get(found.UID, ()):
            if name in FUNCTIONS and name not in found.available_plugins:
                _add(found, name)
    return found


def _add(found: Decoder, name: str) -> None:
    if find_spec(MODULES[name]):
        found.add_plugin(name, (HERE, FUNCTIONS[name]))


def plugins(found: Decoder) -> list[str]:
    """The decoders to try in turn; the empty name stands for uncompressed data."""
    if found.is_native:
        return [""]
    usable = [name for name in ORDER.get(found.UID, ()) if name in found.available_plugins]
    if usable:
        return usable
    package = PACKAGES.get(found.UID, "python-gdcm")
    raise CodecMissing(
        f"The image is compressed as {found.UID.name} and no decoder for it is installed. "
        f"Install the package {package} (pip install {package}), or export the image uncompressed."
    )
