"""Which facts of a file's header may be shown, and how each is read.

The list is closed: what is not named here is never read into a table. Names, dates,
identifiers, places and free comments are not named here, and ages above 90 are read as 90,
as the de-identification profile of DICOM (PS3.15 Annex E) asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydicom import uid
from pydicom.dataset import Dataset

from core.preprocessing.decoding import header

LONGEST = 64


@dataclass(frozen=True)
class HeaderFact:
    """`keyword` is that of the DICOM dictionary."""

    keyword: str
    title: str
    read: Callable[[Dataset, str], Any]


def words(dataset: Dataset, keyword: str) -> str | None:
    """A caret is how DICOM writes the names of people, so such a text is passed over."""
    found = header.text(dataset, keyword)
    return None if found is None or "^" in found or len(found) > LONGEST else found


def name_of(dataset: Dataset, keyword: str) -> str | None:
    found = words(dataset, keyword)
    return uid.UID(found).name[:LONGEST] if found else None


FACTS = (
    HeaderFact("Modality", "Modality", words),
    HeaderFact("SOPClassUID", "Kind of object", name_of),
    HeaderFact("PresentationIntentType", "Meant for", words),
    HeaderFact("Manufacturer", "Manufacturer", words),
    HeaderFact("ManufacturerModelName", "Model", words),
    HeaderFact("DetectorType", "Detector", words),
    HeaderFact("BodyPartExamined", "Body part", words),
    HeaderFact("ImageLaterality", "Side", words),
    HeaderFact("ViewPosition", "View", words),
    HeaderFact("BreastImplantPresent", "Implant", words),
    HeaderFact("Rows", "Rows", header.number),
    HeaderFact("Columns", "Columns", header.number),
    HeaderFact("BitsAllocated", "Bits allocated", header.number),
    HeaderFact("BitsStored", "Bits stored", header.number),
    HeaderFact("PixelRepresentation", "Signed pixels", header.number),
    HeaderFact("SamplesPerPixel", "Samples per pixel", header.number),
    HeaderFact("PhotometricInterpretation", "Photometric", words),
    HeaderFact("PresentationLUTShape", "Display curve", words),
    HeaderFact("VOILUTFunction", "Window function", words),
    HeaderFact("WindowCenter", "Window centre", header.number),
    HeaderFact("WindowWidth", "Window width", header.number),
    HeaderFact("RescaleIntercept", "Rescale intercept", header.number),
    HeaderFact("RescaleSlope", "Rescale slope", header.number),
    HeaderFact("ImagerPixelSpacing", "Detector pixel (mm)", header.number),
    HeaderFact("PixelSpacing", "Pixel (mm)", header.number),
    HeaderFact("LossyImageCompression", "Lossy before", words),
    HeaderFact("BurnedInAnnotation", "Text in the image", words),
    HeaderFact("KVP", "Tube voltage (kV)", header.number),
    HeaderFact("Exposure", "Exposure (mAs)", header.number),
    HeaderFact("ExposureTime", "Exposure time (ms)", header.number),
    HeaderFact("XRayTubeCurrent", "Tube current (mA)", header.number),
    HeaderFact("AnodeTargetMaterial", "Anode", words),
    HeaderFact("FilterMaterial", "Filter", words),
    HeaderFact("Grid", "Grid", words),
    HeaderFact("CompressionForce", "Compression (N)", header.number),
    HeaderFact("BodyPartThickness", "Thickness (mm)", header.number),
    HeaderFact("OrganDose", "Organ dose (dGy)", header.number),
    HeaderFact("EntranceDoseInmGy", "Entrance dose (mGy)", header.number),
)
TITLES = {fact.keyword: fact.title for fact in FACTS} | {
    "image_id": "Image",
    "format": "File format",
    "syntax": "Transfer syntax",
    "age": "Age",
    "fault": "Fault",
}
