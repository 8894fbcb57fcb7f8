"""What a mammography machine would say of its picture, and that this one is synthetic."""

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
    generate_uid,
)

from core.domain.cases import Side, View
from core.phantom.render import PhantomImage

STUDY_DATE, STUDY_TIME = "20200101", "120000"


def uid(image: PhantomImage, what: str) -> UID:
    """The same image always has the same identifiers; 2.25 needs no registered root."""
    return generate_uid(prefix="2.25.", entropy_srcs=["mammolens phantom", what, image.key])


def header(image: PhantomImage, monochrome1: bool, bits: int, presentation: bool) -> FileDataset:
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
    oblique = image.case.view is View.MLO
    dataset.BodyPartExamined = "BREAST"
    dataset.ImageLaterality = str(image.case.laterality)
    dataset.ViewPosition = str(image.case.view)
    dataset.PatientOrientation = orientation(image)
    dataset.BreastImplantPresent = "YES" if image.case.metadata.implant else "NO"
    dataset.BurnedInAnnotation = "YES"
    dataset.AnatomicRegionSequence = Sequence([_code("76752008", "SCT", "Breast")])
    meaning = ("399368009", "medio-lateral oblique") if oblique else ("399162004", "cranio-caudal")
    view = _code(meaning[0], "SCT", meaning[1])
    view.ViewModifierCodeSequence = Sequence()
    dataset.ViewCodeSequence = Sequence([view])


def orientation(image: PhantomImage) -> list[str]:
    """Rows run away from the chest wall on the left side and towards it on the right.

    Columns run towards the middle of the body, in the oblique view towards the feet too.
    """
    right = image.case.laterality is Side.RIGHT
    inwards = "L" if right else "R"
    feet = "F" if image.case.view is View.MLO else ""
    return ["P" if right else "A", feet + inwards]


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
    if dataset.PresentationIntentType == "FOR PRESENTATION":
        dataset.WindowCenter, dataset.WindowWidth = str(2 ** (bits - 1)), str(2**bits)
    dataset.LossyImageCompression = "00"
