"""CBIS-DDSM as its archive ships it: four tables, one folder per series, masks and crops.

Its oddities are kept: columns spelled differently in the two kinds of table, a line
break inside quoted cells, files that are not called what the tables say, crop and mask
in either order, some masks of another size than their mammogram, and a split by kind of
finding, so that a patient with a mass and calcifications can be on both sides of it.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.uid import UID

from core.domain.cases import FindingKind, Side
from core.phantom.config import PhantomConfig, stream
from core.phantom.dicom_header import orientation, uid
from core.phantom.layouts._capture import capture_bytes
from core.phantom.layouts._files import write_file
from core.phantom.layouts._layout import Rows, uncompressed
from core.phantom.layouts._tables import quoted
from core.phantom.plan import Lesion
from core.phantom.png import grey16
from core.phantom.render import PhantomImage

TEST_SHARE = 0.2
SWAPPED_SHARE = 0.3
RESIZED_SHARE = 0.08
CROP_MARGIN = 0.25
KINDS = ("mass", "calc")
DESCRIPTIONS = {
    "circumscribed": ("OVAL", "CIRCUMSCRIBED"),
    "obscured": ("LOBULATED", "OBSCURED"),
    "irregular": ("IRREGULAR", "ILL_DEFINED"),
    "spiculated": ("IRREGULAR", "SPICULATED"),
    "distortion": ("ARCHITECTURAL_DISTORTION", "SPICULATED"),
    "asymmetry": ("FOCAL_ASYMMETRIC_DENSITY", "ILL_DEFINED"),
    "oil-cyst": ("ROUND", "CIRCUMSCRIBED"),
    "fatty": ("OVAL", "CIRCUMSCRIBED"),
    "coarse": ("COARSE", "REGIONAL"),
    "pleomorphic": ("PLEOMORPHIC", "CLUSTERED"),
    "popcorn": ("COARSE", "N/A"),
    "vascular": ("VASCULAR", "N/A"),
}


@dataclass(frozen=True)
class Abnormality:
    """One row of a table; `place` is the folder that its image's files lie in."""

    image: PhantomImage
    lesion: Lesion
    mask: NDArray[np.bool_]
    kind: str
    number: int
    place: str


class CbisLayout:
    def config(self, config: PhantomConfig) -> PhantomConfig:
        return replace(config, machine="film")

    def patient_bytes(self, config: PhantomConfig) -> int:
        """Some images are there twice, and most have a mask of their own size."""
        return round(1.4 * uncompressed(config))

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows:
        rng = stream(config.seed, index, "cbis")
        split = {kind: "Test" if rng.random() < TEST_SHARE else "Training" for kind in KINDS}
        rows: Rows = []
        for image in images:
            for kind in KINDS:
                found = _abnormalities(image, index, kind, split[kind])
                if found:
                    listed = _write_image(image, found[0], out)
                    rows += [
                        {"split": split[kind], "kind": kind, **_row(one, rng, listed, out)}
                        for one in found
                    ]
        return rows

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None:
        pooled = [row for patient in rows for row in patient]
        for kind in KINDS:
            for split, spelled in (("Training", "train"), ("Test", "test")):
                chosen = [r for r in pooled if r["kind"] == kind and r["split"] == split]
                _table(kind, chosen, out / f"{kind}_case_description_{spelled}_set.csv")


LAYOUT = CbisLayout()


def _abnormalities(image: PhantomImage, index: int, kind: str, split: str) -> list[Abnormality]:
    side, view = _side(image), image.case.view
    place = f"{kind.capitalize()}-{split}_P_{index + 1:05d}_{side}_{view}"
    pairs = [
        pair for pair in zip(image.lesions, image.masks, strict=True) if _kind(pair[0]) == kind
    ]
    return [Abnormality(image, *pair, kind, n, place) for n, pair in enumerate(pairs, 1)]


def _kind(lesion: Lesion) -> str:
    return "calc" if lesion.sort.kind is FindingKind.CALCIFICATION else "mass"


def _side(image: PhantomImage) -> str:
    return "RIGHT" if image.case.laterality is Side.RIGHT else "LEFT"


def _write_image(image: PhantomImage, first: Abnormality, out: Path) -> str:
    folder, uids = _series(image, first.place)
    about = _about(image, first.place, "full mammogram images")
    write_file(out / folder / "1-1.dcm", capture_bytes(grey16(image), uids, about))
    return f"{folder}/000000.dcm"


def _series(image: PhantomImage, place: str) -> tuple[str, dict[str, UID]]:
    uids = {what: uid(image, f"{what} {place}") for what in ("study", "series", "instance")}
    return f"{place}/{uids['study']}/{uids['series']}", uids


def _about(image: PhantomImage, place: str, series: str) -> dict[str, Any]:
    return {
        "PatientID": place,
        "PatientName": place,
        "BodyPartExamined": "BREAST",
        "Laterality": str(image.case.laterality),
        "PatientOrientation": orientation(image),
        "SeriesDescription": series,
        "ImageComments": "Synthetic phantom. Not a patient.",
    }


def _row(one: Abnormality, rng: np.random.Generator, image_path: str, out: Path) -> dict[str, Any]:
    crop_path, mask_path = _write_region(one, rng, out)
    about = one.image.case.metadata
    shape, margins = DESCRIPTIONS[one.lesion.sort.name]
    return {
        "patient_id": "_".join(one.place.split("_")[1:3]),
        "density": "ABCD".index(about.density or "B") + 1,
        "side": _side(one.image),
        "view": one.image.case.view,
        "number": one.number,
        "shape": shape,
        "margins": margins,
        "assessment": (about.birads or "0")[0],
        "pathology": one.lesion.pathology.value.upper(),
        "subtlety": 1 + round(4 * one.lesion.plainness),
        "image": image_path,
        "crop": crop_path,
        "mask": mask_path,
    }


def _write_region(one: Abnormality, rng: np.random.Generator, out: Path) -> tuple[str, str]:
    """Writes crop and mask; returns what the table calls them."""
    place = f"{one.place}_{one.number}"
    folder, uids = _series(one.image, place)
    contents: dict[str, NDArray[Any]] = {"crop": _crop(one), "mask": _mask(one, rng)}
    listed = {"mass": ("crop", "mask"), "calc": ("mask", "crop")}[one.kind]
    stored = listed[::-1] if rng.random() < SWAPPED_SHARE else listed
    for number, content in enumerate(stored, 1):
        instance = {**uids, "instance": uid(one.image, f"{content} {place}")}
        series = "ROI mask images" if content == "mask" else "cropped images"
        about = _about(one.image, place, series)
        encoded = capture_bytes(contents[content], instance, about)
        write_file(out / folder / f"1-{number}.dcm", encoded)
    names = {content: f"{folder}/{n:06d}.dcm" for n, content in enumerate(listed)}
    return names["crop"], names["mask"]


def _crop(one: Abnormality) -> NDArray[np.uint16]:
    x, y, width, height = cv2.boundingRect(one.mask.astype(np.uint8))
    rows = slice(max(y - int(CROP_MARGIN * height), 0), y + height + int(CROP_MARGIN * height) + 1)
    columns = slice(max(x - int(CROP_MARGIN * width), 0), x + width + int(CROP_MARGIN * width) + 1)
    return grey16(one.image)[rows, columns]


def _mask(one: Abnormality, rng: np.random.Generator) -> NDArray[np.uint8]:
    mask = one.mask.astype(np.uint8) * 255
    if rng.random() < RESIZED_SHARE:
        factor = float(rng.choice([0.5, 0.9, 1.1]))
        resized = cv2.resize(mask, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
        return np.asarray(resized, dtype=np.uint8)
    return mask


def _table(kind: str, rows: Rows, path: Path) -> None:
    density, first, second, full, ending = {
        "mass": ("breast_density", "mass shape", "mass margins", "mass", "mask"),
        "calc": ("breast density", "calc type", "calc distribution", "calcification", "crop"),
    }[kind]
    heading = (
        f"patient_id,{density},left or right breast,image view,abnormality id,abnormality type,"
        f"{first},{second},assessment,pathology,subtlety,image file path,"
        "cropped image file path,ROI mask file path"
    )
    lines = [heading]
    for row in rows:
        cells = (
            [row[name] for name in ("patient_id", "density", "side", "view", "number")]
            + [full]
            + [row[name] for name in ("shape", "margins", "assessment", "pathology")]
        )
        cells += [row["subtlety"], row["image"]]
        # One path in each row ends in a line break, inside its quotes.
        cells += [f"{row[name]}\n" if name == ending else row[name] for name in ("crop", "mask")]
        lines.append(",".join(quoted(str(cell)) for cell in cells))
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode())
