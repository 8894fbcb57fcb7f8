"""What a DICOM header says of the image and not of the person."""

import re
from typing import Any

from pydicom.dataset import Dataset

from core.domain.cases import Side, View
from core.domain.images import ImageFacts
from core.errors import ImageError
from core.preprocessing.decoding import header
from core.preprocessing.decoding.dicom_file import Opened
from core.preprocessing.decoding.greys import is_inverted
from core.preprocessing.decoding.limits import check_size

COLOUR = ("RGB", "YBR", "PALETTE")
TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
# Above this age a number points at few enough people to be left out of exports.
OLDEST = 90
VIEW_CODES = {
    "R-10242": View.CC,
    "399162004": View.CC,
    "R-10226": View.MLO,
    "399368009": View.MLO,
}


def read(opened: Opened) -> ImageFacts:
    dataset = opened.dataset
    rows, columns = header.whole(dataset, "Rows", 0), header.whole(dataset, "Columns", 0)
    if opened.pixels is None or not (rows and columns):
        raise ImageError(_pixelless(dataset))
    check_size(rows, columns, header.whole(dataset, "BitsAllocated", 16) / 8)
    photometric = header.text(dataset, "PhotometricInterpretation")
    frames = max(1, header.whole(dataset, "NumberOfFrames", 1))
    return ImageFacts(
        format="DICOM",
        rows=rows,
        columns=columns,
        bits=header.whole(dataset, "BitsStored", header.whole(dataset, "BitsAllocated", 16)),
        colour=is_colour(dataset),
        frames=frames,
        transfer_syntax=_syntax_name(dataset, opened),
        modality=header.text(dataset, "Modality"),
        body_part=header.text(dataset, "BodyPartExamined"),
        photometric=photometric,
        presentation=_presentation(dataset),
        laterality=_laterality(dataset),
        view=_view(dataset),
        spacing_mm=_spacing(dataset),
        machine=_machine(dataset),
        age=_age(dataset),
        implant={"YES": True, "NO": False}.get(_upper(dataset, "BreastImplantPresent")),
        inverted=is_inverted(dataset),
        notes=_notes(dataset, frames),
    )


def is_colour(dataset: Dataset) -> bool:
    kind = _upper(dataset, "PhotometricInterpretation")
    return kind.startswith(COLOUR) or header.whole(dataset, "SamplesPerPixel", 1) > 1


def _upper(dataset: Dataset, name: str) -> str:
    return (header.text(dataset, name) or "").upper()


def _pixelless(dataset: Dataset) -> str:
    kinds = (header.value(dataset, key) for key in ("SOPClassUID", "MediaStorageSOPClassUID"))
    name = next(filter(None, map(header.uid_name, kinds)), "")
    if "DirectoryRecordSequence" in dataset:
        what = "This is a DICOMDIR, the index of a disc, and holds no image itself"
    elif not len(dataset):
        what = "The file looks like DICOM but nothing in its header can be read"
    else:
        what = f"This DICOM file holds no pixels ({name or 'its kind is not known'})"
    return f"{what}. Choose the file of one mammogram."


def _syntax_name(dataset: Dataset, opened: Opened) -> str:
    named = getattr(dataset, "file_meta", {}).get("TransferSyntaxUID") or opened.syntax
    return str(named)


def _presentation(dataset: Dataset) -> bool | None:
    intent = _upper(dataset, "PresentationIntentType")
    return {"FOR PRESENTATION": True, "FOR PROCESSING": False}.get(intent)


def _laterality(dataset: Dataset) -> Side | None:
    part = header.functional(dataset, "FrameAnatomySequence", "FrameLaterality")
    for name in ("ImageLaterality", "Laterality", "FrameLaterality"):
        found = _upper(part if name == "FrameLaterality" else dataset, name)
        if found in tuple(Side):
            return Side(found)
    return None


def _view(dataset: Dataset) -> View | None:
    named = _upper(dataset, "ViewPosition")
    if named:
        return View(named) if named in (View.CC, View.MLO) else View.OTHER
    for item in header.items(dataset, "ViewCodeSequence"):
        return VIEW_CODES.get(header.text(item, "CodeValue") or "", View.OTHER)
    return None


def _spacing(dataset: Dataset) -> tuple[float, float] | None:
    part = header.functional(dataset, "PixelMeasuresSequence", "PixelSpacing")
    for place, name in ((dataset, "ImagerPixelSpacing"), (part, "PixelSpacing")):
        pair = _pair(header.value(place, name))
        if pair:
            return pair
    return None


def _pair(found: Any) -> tuple[float, float] | None:
    try:
        row, column = (float(one) for one in found)
    except (TypeError, ValueError):
        return None
    return (row, column) if row > 0 and column > 0 else None


def _machine(dataset: Dataset) -> str | None:
    names = (header.text(dataset, name) for name in ("Manufacturer", "ManufacturerModelName"))
    return " ".join(name for name in names if name) or None


def _age(dataset: Dataset) -> float | None:
    found = re.fullmatch(r"(\d{1,3})Y", _upper(dataset, "PatientAge"))
    return float(min(int(found[1]), OLDEST)) if found else None


def _notes(dataset: Dataset, frames: int) -> tuple[str, ...]:
    notes = []
    if _upper(dataset, "SOPClassUID") == TOMOSYNTHESIS:
        notes.append(
            "This is a tomosynthesis series; only its first slice is shown, which is not a "
            "mammogram of the whole breast."
        )
    elif frames > 1:
        notes.append(f"The file holds {frames} frames; the first is used.")
    if is_colour(dataset):
        notes.append("This is a colour image, which no mammogram is; its brightness is used.")
    return tuple(notes)
