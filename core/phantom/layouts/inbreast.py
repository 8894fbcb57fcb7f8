"""INbreast as its authors ship it: a table with semicolons, DICOM by id and hash, contours.

The patient is removed from the table and known from the hash in the file name alone;
the table says MLO where the file name says ML; contours are property lists.
"""

import plistlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Side, View
from core.phantom.config import PhantomConfig, stream
from core.phantom.dicom import dicom_bytes
from core.phantom.layouts._files import write_file
from core.phantom.layouts._layout import Rows, uncompressed
from core.phantom.plan import Lesion
from core.phantom.render import PhantomImage

FIRST_ID = 20_000_000
HEADING = "Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads"
NAMES = {  # as drawn there, misspellings included
    "spiculated": "Spiculated Region",
    "distortion": "Distortion",
    "asymmetry": "Assymetry",
    "coarse": "Calcifications",
    "pleomorphic": "Cluster",
    "popcorn": "Calcification",
    "vascular": "Calcification",
}
KNOWN_CANCER_SHARE = 0.1  # graded 6: proven before this examination


class InbreastLayout:
    def config(self, config: PhantomConfig) -> PhantomConfig:
        return config

    def patient_bytes(self, config: PhantomConfig) -> int:
        return round(1.1 * uncompressed(config))

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows:
        rng = stream(config.seed, index, "inbreast")
        patient = f"{int(rng.integers(2**63)):016x}"
        proven = rng.random() < KNOWN_CANCER_SHARE
        date = f"20{rng.integers(8, 11):02d}{rng.integers(1, 13):02d}"
        rows: Rows = []
        for place, image in enumerate(images):
            number = str(FIRST_ID + 1000 * index + 26 * place + int(rng.integers(20)))
            view = "ML" if image.case.view is View.MLO else "CC"
            side = image.case.laterality
            name = f"{number}_{patient}_MG_{side}_{view}_ANON.dcm"
            write_file(out / "AllDICOMs" / name, dicom_bytes(image))
            if image.lesions:
                write_file(out / "AllXML" / f"{number}.xml", _contours(image))
            rows.append({"line": _line(image, date, number, proven)})
        return rows

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None:
        lines = [HEADING, *(row["line"] for patient in rows for row in patient)]
        (out / "INbreast.csv").write_bytes("".join(f"{line}\r\n" for line in lines).encode())


LAYOUT = InbreastLayout()


def _line(image: PhantomImage, date: str, number: str, proven: bool) -> str:
    about = image.case.metadata
    grade = "6" if proven and about.birads == "5" else about.birads
    side = "R" if image.case.laterality is Side.RIGHT else "L"
    density = "ABCD".index(about.density or "B") + 1
    return f"removed;removed;{side};{image.case.view};{date};{number};{density};{grade}"


def _contours(image: PhantomImage) -> bytes:
    regions = [
        _region(number, lesion, outline, image.pixels)
        for number, (lesion, mask) in enumerate(zip(image.lesions, image.masks, strict=True))
        for outline in _outlines(mask)
    ]
    document = {"Images": [{"ImageIndex": 0, "NumberOfROIs": len(regions), "ROIs": regions}]}
    return plistlib.dumps(document)


def _outlines(mask: NDArray[np.bool_]) -> list[NDArray[np.int32]]:
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max((cv2.contourArea(contour) for contour in contours), default=0.0)
    kept = [c for c in contours if len(c) > 2 and cv2.contourArea(c) >= 0.05 * largest]
    return [contour[:, 0, :] for contour in kept]


def _region(
    number: int, lesion: Lesion, outline: NDArray[np.int32], pixels: NDArray[np.float32]
) -> dict[str, Any]:
    points = [f"({x:.6f}, {y:.6f})" for x, y in outline.tolist()]
    values = pixels[outline[:, 1], outline[:, 0]] * 4095
    centre = outline.mean(axis=0)
    return {
        "Area": float(cv2.contourArea(outline)),
        "Center": f"({centre[0]:.6f}, {centre[1]:.6f}, 0.000000)",
        "Dev": float(values.std()),
        "IndexInImage": number,
        "Max": float(values.max()),
        "Mean": float(values.mean()),
        "Min": float(values.min()),
        "Name": NAMES.get(lesion.sort.name, "Mass"),
        "NumberOfPoints": len(points),
        "Point_px": points,
        "Total": float(values.sum()),
        "Type": 15,
    }
