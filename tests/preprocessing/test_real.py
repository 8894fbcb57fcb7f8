"""Real mammograms and odd files from elsewhere: an image that looks right, or a clear sentence."""

import csv
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_modality_lut, apply_voi_lut

from bench.segmentation import doubts, segmented
from core.domain.images import Mammogram
from core.errors import ImageError
from core.preprocessing import specs
from core.preprocessing.breast import chest_side
from core.preprocessing.decoding import codecs, decode, read_facts
from core.preprocessing.film import has_white_air
from core.preprocessing.pipeline import decode_for, prepare

pytestmark = pytest.mark.real

WHITE_AIR = ("29", "210")  # machines whose images are not inverted in that set


def rows(real_data: Path) -> list[dict[str, str]]:
    with (real_data / "rsna-640" / "train.csv").open() as table:
        return list(csv.DictReader(table))


def picture(real_data: Path, row: dict[str, str]) -> Path:
    folder = real_data / "rsna-640" / "train_images" / row["patient_id"]
    return folder / f"{row['image_id']}.jpg"


def outcome(path: Path) -> Mammogram | str:
    try:
        return decode(path)
    except ImageError as fault:
        return str(fault)


def test_every_dicom_file_gives_an_image_or_a_sentence(real_data: Path) -> None:
    files = [path for path in sorted((real_data / "dicom").rglob("*")) if path.is_file()]
    shown = 0
    for path in files:
        found = outcome(path)
        if isinstance(found, str):
            assert found.endswith("."), f"{path.name}: {found}"
            assert len(found) < 300, f"{path.name}: {found}"
            continue
        shown += 1
        assert np.isfinite(found.pixels).all(), path.name
        assert found.pixels.min() >= 0, path.name
        assert found.pixels.max() <= 1, path.name
        assert read_facts(path).rows == found.facts.rows, path.name
    assert len(files) > 150
    assert shown > 100


def test_no_name_is_among_the_facts(real_data: Path) -> None:
    for path in sorted((real_data / "dicom").rglob("*.dcm")):
        with warnings.catch_warnings(action="ignore"):
            header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        secrets = [str(header.get(name, "")) for name in ("PatientName", "PatientID")]
        found = outcome(path)
        said = found if isinstance(found, str) else repr(found.facts)
        for secret in secrets:
            assert len(secret) < 4 or secret not in said, path.name


def test_decoders_agree_on_real_files(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    for path in sorted((real_data / "dicom" / "pydicom").glob("*.dcm")):
        found = outcome(path)
        if isinstance(found, str) or found.facts.colour or "Lossy" in path.name:
            continue
        syntax = found.facts.transfer_syntax or ""
        if syntax not in codecs.ORDER:
            continue
        for plugin in codecs.plugins(codecs.decoder(syntax)):
            with monkeypatch.context() as patch:
                patch.setattr(codecs, "plugins", lambda _, only=plugin: [only])
                again = outcome(path)
            if isinstance(again, Mammogram):
                np.testing.assert_allclose(
                    again.pixels, found.pixels, atol=1e-6, err_msg=f"{path.name} {plugin}"
                )
                compared += 1
    assert compared > 10


@pytest.mark.parametrize(
    ("name", "windowing", "side"),
    [
        ("dicom/rsna/10008/200779059.dcm", "window", "R"),
        ("dicom/other/GH133.dcm", "sequence", "R"),
    ],
)
def test_the_two_full_size_mammograms(
    real_data: Path, name: str, windowing: str, side: str
) -> None:
    found = decode(real_data / name)
    assert found.facts.windowing == windowing
    assert found.facts.laterality == side
    assert not found.facts.inverted
    assert chest_side(found.pixels) == side
    assert not has_white_air(found.pixels)
    spec = specs.load("full-field")
    frame = prepare(decode_for(real_data / name, spec), spec)
    assert frame.mask is not None
    assert 0.15 < frame.mask.mean() < 0.8
    assert frame.pixels[frame.mask].std() > 0.1
    assert (frame.pixels[~frame.mask] == 0).mean() > 0.95


def test_polarity_is_right(real_data: Path) -> None:
    table = rows(real_data)
    chosen = [row for row in table if row["machine_id"] in WHITE_AIR][::3]
    chosen += [row for row in table if row["machine_id"] not in WHITE_AIR][::20]
    wrong = [
        row["image_id"]
        for row in chosen
        if has_white_air(decode(picture(real_data, row)).pixels) != (row["machine_id"] in WHITE_AIR)
    ]
    assert len(wrong) <= 0.02 * len(chosen), wrong


def test_the_breast_is_found(real_data: Path) -> None:
    paths = [picture(real_data, row) for row in rows(real_data)[::16]]
    paths += sorted((real_data / "mini-mias").glob("*.pgm"))[::4]
    doubtful = {path.name: found for path in paths if (found := doubts(segmented(path)))}
    assert len(doubtful) <= 0.02 * len(paths), doubtful


def reference(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
    """pydicom's own chain, scaled to [0, 1]; None for what it does not window."""
    with warnings.catch_warnings(action="ignore"):
        header = pydicom.dcmread(path)
        if header.SamplesPerPixel != 1 or "WindowCenter" not in header:
            return None
        several = int(header.get("NumberOfFrames", 1)) > 1
        stored = header.pixel_array[0] if several else header.pixel_array
        shown = apply_voi_lut(apply_modality_lut(stored, header), header).astype(float)
    if "VOILUTSequence" in header:
        return shown / (2 ** header.VOILUTSequence[0].LUTDescriptor[2] - 1)
    signed, bits = header.PixelRepresentation, header.BitsStored
    ends = np.array([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] if signed else [0, 2**bits - 1])
    ends = ends * header.get("RescaleSlope", 1) + header.get("RescaleIntercept", 0)
    grey = (shown - ends.min()) / (ends.max() - ends.min())
    return 1 - grey if header.PhotometricInterpretation == "MONOCHROME1" else grey


def test_pixels_equal_those_of_pydicoms_chain(real_data: Path) -> None:
    compared = 0
    for path in sorted((real_data / "dicom").rglob("*.dcm")):
        try:
            found = decode(path, working_height=None)
            expected = reference(path)
        except (ImageError, AttributeError):
            continue
        if expected is not None:
            np.testing.assert_allclose(found.pixels, expected, atol=1e-5, err_msg=path.name)
            compared += 1
    assert compared >= 10
