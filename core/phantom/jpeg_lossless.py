"""Encodes JPEG lossless through gdcm, as pydicom has a decoder for it but no encoder."""

from pathlib import Path
from tempfile import TemporaryDirectory

import gdcm
import numpy as np
import pydicom
from numpy.typing import NDArray

from core.errors import CodecMissing


def encapsulated_jpeg_lossless(stored: NDArray[np.uint16], bits: int) -> bytes:
    """Pixel data of one frame, ready to be put into a dataset.

    gdcm hands encoded bytes out through a file only: its Python objects for
    fragments end the process when they are freed.
    """
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
    change.SetInput(_gdcm_image(stored, bits))
    writer = gdcm.ImageWriter()
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "encoded.dcm")
        writer.SetFileName(path)
        if change.Change():
            writer.SetImage(change.GetOutput())
        written = writer.Write()
        if not written:
            raise CodecMissing(
                f"gdcm could not encode {stored.shape} pixels of {bits} bits as JPEG lossless. "
                "Install python-gdcm 3.0.24 or later, or choose another transfer syntax."
            )
        return bytes(pydicom.dcmread(path).PixelData)


def _gdcm_image(stored: NDArray[np.uint16], bits: int) -> gdcm.Image:
    picture = gdcm.Image()
    # The filter that takes the image frees it; were Python to free it too, the process would end.
    picture.thisown = False
    picture.SetNumberOfDimensions(2)
    for axis, length in enumerate(reversed(stored.shape)):
        picture.SetDimension(axis, length)
    picture.SetPixelFormat(gdcm.PixelFormat(1, 16, bits, bits - 1, 0))
    grey = gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.MONOCHROME2)
    picture.SetPhotometricInterpretation(grey)
    pixels = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    pixels.SetVR(gdcm.VR(gdcm.VR.OW))
    pixels.SetByteStringValue(stored.tobytes())
    picture.SetDataElement(pixels)
    picture.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.ExplicitVRLittleEndian))
    return picture
