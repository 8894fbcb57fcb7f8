"""A phantom image as the DICOM file a mammography machine would send.

The file says that it is synthetic wherever a viewer looks: the patient's name, the
manufacturer and the image comments.
"""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

from core.domain.cases import Side, View
from core.errors import ConfigError
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
STUDY_DATE, STUDY_TIME = "20200101", "120000"
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
    dataset = _header(image, monochrome1, bits, presentation)
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


def uid(image: PhantomImage, what: str) -> UID:
    """The same image always has the same identifiers; 2.25 needs no registered root."""
    return generate_uid(prefix="2.25.", entropy_srcs=["mammolens phantom", what, image.key])


def _header(image: PhantomImage, monochrome1: bool, bits: int, presentation: bool) -> FileDataset:
    intent = (
        DigitalMammographyXRayImageStorageForPresentation
        if presentation
        else DigitalMammographyXRayImageStorageForProcessing
    )
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = intent
    meta.MediaStorageSOPInstanceUID = uid(image, image.case.image_id)
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = intent
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.PresentationIntentType = "FOR PRESENTATION" if presentation else "FOR PROCESSING"
    for part in (_patient, _study, _acquisition, _anatomy):
        part(dataset, image)
    _pixel_module(dataset, image, monochrome1, bits)
    return dataset


def _patient(dataset: Dataset, image: PhantomImage) -> None:
    case = image.case
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = "Phantom^Synthetic"
    dataset.PatientID = case.patient_id
    dataset.PatientBirthDate = ""
    dataset.PatientSex = "F"
    dataset.PatientAge = f"{int(case.metadata.age or 0):03d}Y"
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = "Synthetic: there is no such patient"


def _study(dataset: Dataset, image: PhantomImage) -> None:
    dataset.StudyInstanceUID = uid(image, f"study {image.case.patient_id}")
    dataset.SeriesInstanceUID = uid(image, f"series {image.case.image_id}")
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = STUDY_DATE
    dataset.AcquisitionDate = STUDY_DATE
    dataset.StudyTime = dataset.SeriesTime = dataset.ContentTime = STUDY_TIME
    dataset.AcquisitionTime = STUDY_TIME
    dataset.ReferringPhysicianName = dataset.AccessionNumber = ""
    dataset.StudyID = "1"
    dataset.SeriesNumber = dataset.InstanceNumber = "1"
    dataset.Manufacturer = "Mammolens phantom"
    dataset.ManufacturerModelName = image.case.metadata.machine
    dataset.DeviceSerialNumber = image.case.metadata.machine
    dataset.SoftwareVersions = "1"
    dataset.StationName = f"SITE{image.case.metadata.site}"
    dataset.StudyDescription = "Synthetic mammography"
    dataset.ImageComments = "Synthetic phantom. Not a patient."


def _acquisition(dataset: Dataset, image: PhantomImage) -> None:
    spacing = [f"{image.spacing_mm:.6f}"] * 2
    dataset.Modality = "MG"
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.DerivationDescription = "Computed from a seed"
    dataset.ImagerPixelSpacing = spacing
    dataset.DetectorType = "DIRECT"
    dataset.DetectorID = "1"
    dataset.FieldOfViewOrigin = ["0", "0"]
    dataset.FieldOfViewRotation = "0"
    dataset.FieldOfViewHorizontalFlip = "NO"
    dataset.KVP = "29"
    dataset.BodyPartThickness = "55"
    dataset.CompressionForce = "100"
    dataset.AnodeTargetMaterial = "TUNGSTEN"
    dataset.FilterMaterial = "RHODIUM"
    dataset.PositionerType = "MAMMOGRAPHIC"
    dataset.PositionerPrimaryAngle = "0" if image.case.view is View.CC else "45"
    dataset.DistanceSourceToDetector = "660"
    dataset.DistanceSourceToPatient = "640"
    dataset.EstimatedRadiographicMagnificationFactor = "1"
    dataset.OrganExposed = "BREAST"
    dataset.AcquisitionContextSequence = Sequence()


def _anatomy(dataset: Dataset, image: PhantomImage) -> None:
    right = image.case.laterality is Side.RIGHT
    oblique = image.case.view is View.MLO
    dataset.BodyPartExamined = "BREAST"
    dataset.ImageLaterality = "R" if right else "L"
    dataset.ViewPosition = str(image.case.view)
    rows = "FL" if right else "FR"
    columns = {True: rows, False: "L" if not right else "R"}[oblique]
    dataset.PatientOrientation = ["P" if right else "A", columns]
    dataset.BreastImplantPresent = "YES" if image.case.metadata.implant else "NO"
    dataset.BurnedInAnnotation = "YES"
    dataset.AnatomicRegionSequence = Sequence([_code("76752008", "SCT", "Breast")])
    meaning = ("399368009", "medio-lateral oblique") if oblique else ("399162004", "cranio-caudal")
    view = _code(meaning[0], "SCT", meaning[1])
    view.ViewModifierCodeSequence = Sequence()
    dataset.ViewCodeSequence = Sequence([view])


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _pixel_module(dataset: Dataset, image: PhantomImage, monochrome1: bool, bits: int) -> None:
    dataset.Rows, dataset.Columns = image.pixels.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME1" if monochrome1 else "MONOCHROME2"
    dataset.PresentationLUTShape = "INVERSE" if monochrome1 else "IDENTITY"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, bits, bits - 1
    dataset.PixelRepresentation = 0
    dataset.PixelIntensityRelationship = "LOG"
    dataset.PixelIntensityRelationshipSign = 1 if monochrome1 else -1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "US"
    dataset.WindowCenter = str(2 ** (bits - 1))
    dataset.WindowWidth = str(2**bits)
    dataset.LossyImageCompression = "00"


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
