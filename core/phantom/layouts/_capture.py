"""A digitised film as DICOM: secondary capture, with little in its header."""

from io import BytesIO
from typing import Any

from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage


def capture_bytes(pixels: NDArray[Any], uids: dict[str, UID], about: dict[str, Any]) -> bytes:
    """`uids` holds study, series and instance; `about` further attributes by keyword."""
    bits = pixels.dtype.itemsize * 8
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = uids["instance"]
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = uids["instance"]
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = uids["study"], uids["series"]
    dataset.Modality, dataset.ConversionType = "MG", "DF"
    dataset.StudyDate = dataset.StudyTime = dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.StudyID = dataset.SeriesNumber = dataset.InstanceNumber = "1"
    dataset.Manufacturer = "Mammolens phantom"
    for keyword, value in about.items():
        setattr(dataset, keyword, value)
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit = bits - 1
    even = pixels.astype(f"<u{bits // 8}").tobytes()
    dataset.PixelData = even + b"\0" * (len(even) % 2)
    dataset["PixelData"].VR = "OW" if bits == 16 else "OB"
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
