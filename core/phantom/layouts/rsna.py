"""RSNA 2022 as its challenge ships it: train.csv and one folder of DICOM per patient.

Labels are per breast and say cancer or not; ages, density and BI-RADS are missing for
some; files are JPEG 2000 or JPEG lossless, in both polarities, without the modality and
class that the standard asks for.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom

from core.domain.cases import Pathology
from core.phantom.config import PhantomConfig, stream
from core.phantom.dicom import dicom_bytes
from core.phantom.layouts._files import write_file
from core.phantom.layouts._layout import Rows, uncompressed
from core.phantom.render import PhantomImage

HEADING = (
    "site_id,patient_id,image_id,laterality,view,age,cancer,biopsy,invasive,BIRADS,implant,"
    "density,machine_id,difficult_negative_case"
)
AGE_MISSING_SHARE = 0.02
KEPT = (
    "SOPInstanceUID",
    "ContentDate",
    "ContentTime",
    "PatientID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "InstanceNumber",
    "ImageLaterality",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelIntensityRelationship",
    "PixelIntensityRelationshipSign",
    "WindowCenter",
    "WindowWidth",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "LossyImageCompression",
    "ImageComments",
    "PixelData",
)
SCREENING_GRADE = {"1": "1", "2": "2"}  # all else is 0: recalled


class RsnaLayout:
    def config(self, config: PhantomConfig) -> PhantomConfig:
        return config

    def patient_bytes(self, config: PhantomConfig) -> int:
        return round(0.4 * uncompressed(config))

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows:
        rng = stream(config.seed, index, "rsna")
        patient = str(10_000 + 7 * index)
        age_known = rng.random() >= AGE_MISSING_SHARE
        invasive = rng.random() < 0.7
        rows: Rows = []
        for place in rng.permutation(len(images)):
            image = images[place]
            number = str(100_000_000 + 100_000 * index + int(rng.integers(99_999)))
            write_file(out / "train_images" / patient / f"{number}.dcm", _encoded(image, patient))
            identity = {"patient_id": patient, "image_id": number}
            rows.append({**identity, **_cells(image, age_known, invasive)})
        return rows

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None:
        columns = HEADING.split(",")
        lines = [",".join(str(row[c]) for c in columns) for patient in rows for row in patient]
        (out / "train.csv").write_bytes("".join(f"{line}\n" for line in [HEADING, *lines]).encode())


LAYOUT = RsnaLayout()


def _cells(image: PhantomImage, age_known: bool, invasive: bool) -> dict[str, Any]:
    case, about = image.case, image.case.metadata
    cancer = case.pathology is Pathology.MALIGNANT
    biopsied = cancer or about.birads in ("4a", "4b")
    described = about.site == "1"  # the other site sends no density and no grade
    grade = SCREENING_GRADE.get(about.birads or "", "0")
    return {
        "site_id": about.site,
        "laterality": case.laterality,
        "view": case.view,
        "age": f"{about.age:.1f}" if age_known else "",
        "cancer": int(cancer),
        "biopsy": int(biopsied),
        "invasive": int(cancer and invasive),
        "BIRADS": grade if described else "",
        "implant": int(bool(about.implant)),
        "density": about.density if described else "",
        "machine_id": about.machine,
        "difficult_negative_case": not cancer and grade == "0",
    }


def _encoded(image: PhantomImage, patient: str) -> bytes:
    look = image.look
    syntax = "jpeg2000" if look.site == "1" else "jpeg-lossless"
    encoded = dicom_bytes(image, syntax=syntax, monochrome1=look.monochrome1, bits=look.bits)
    dataset = pydicom.dcmread(BytesIO(encoded))
    for element in list(dataset):
        if element.keyword not in KEPT:
            del dataset[element.tag]
    dataset.PatientID = patient
    buffer = BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()
