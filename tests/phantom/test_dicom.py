"""The phantom's DICOM: nothing is lost, and validators other than our own are content."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest

from core.domain.cases import Side, View
from core.errors import ConfigError
from core.phantom import SYNTAXES, PhantomConfig, dicom_bytes, image
from core.phantom.dicom import stored_values
from core.preprocessing.decoding import decode

WAYS = [(syntax, polarity) for syntax in SYNTAXES for polarity in (False, True)]


@pytest.fixture(scope="module")
def views():
    config = PhantomConfig(seed=4, height=192)
    return [image(config, 1, side, view) for side in Side for view in (View.CC, View.MLO)]


@pytest.mark.parametrize(("syntax", "monochrome1"), WAYS)
def test_every_syntax_and_polarity_keeps_every_pixel(views, syntax, monochrome1):
    encoded = dicom_bytes(views[0], syntax=syntax, monochrome1=monochrome1, bits=14)
    dataset = pydicom.dcmread(BytesIO(encoded))
    assert dataset.file_meta.TransferSyntaxUID == SYNTAXES[syntax]
    assert dataset.PhotometricInterpretation == ("MONOCHROME1" if monochrome1 else "MONOCHROME2")
    np.testing.assert_array_equal(dataset.pixel_array, stored_values(views[0], 14, monochrome1))


def test_the_two_polarities_are_each_others_negative(views):
    straight, turned = (stored_values(views[0], 12, polarity) for polarity in (False, True))
    np.testing.assert_array_equal(straight + turned, 4095)


@pytest.mark.parametrize(("syntax", "monochrome1"), WAYS)
def test_our_own_decoder_finds_the_picture_again(views, syntax, monochrome1):
    decoded = decode(dicom_bytes(views[0], syntax=syntax, monochrome1=monochrome1))
    assert np.abs(decoded.pixels - views[0].pixels).max() < 0.01
    assert decoded.facts.laterality is views[0].case.laterality
    assert decoded.facts.view is views[0].case.view


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_depth_is_what_was_asked_for(views, bits):
    dataset = pydicom.dcmread(BytesIO(dicom_bytes(views[0], bits=bits)))
    assert (dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit) == (16, bits, bits - 1)
    assert dataset.pixel_array.max() < 2**bits


def test_the_header_says_whose_it_is_and_that_nobody_is(views):
    dataset = pydicom.dcmread(BytesIO(dicom_bytes(views[0])))
    case = views[0].case
    assert dataset.PatientID == case.patient_id
    assert dataset.PatientAge == f"{int(case.metadata.age):03d}Y"
    assert "Synthetic" in dataset.ImageComments
    assert "Synthetic" in str(dataset.PatientName)


def test_identifiers_are_stable_and_told_apart(views):
    first, again = (pydicom.dcmread(BytesIO(dicom_bytes(views[0]))) for _ in range(2))
    assert first.SOPInstanceUID == again.SOPInstanceUID
    assert len({pydicom.dcmread(BytesIO(dicom_bytes(v))).SOPInstanceUID for v in views}) == 4


@pytest.mark.parametrize("wrong", [{"syntax": "jpeg"}, {"bits": 8}, {"bits": 17}])
def test_what_cannot_be_stored_is_refused(views, wrong):
    with pytest.raises(ConfigError, match="Allowed"):
        dicom_bytes(views[0], **wrong)


@pytest.mark.parametrize(("syntax", "monochrome1"), WAYS)
def test_dciodvfy_finds_no_error(views, tmp_path, syntax, monochrome1):
    for one in views:
        encoded = dicom_bytes(one, syntax=syntax, monochrome1=monochrome1)
        assert not _faults(_readable(encoded, tmp_path), tmp_path)


def test_dciodvfy_finds_no_error_in_raw_images(views, tmp_path):
    assert not _faults(dicom_bytes(views[0], presentation=False), tmp_path)


def test_dciodvfy_would_find_an_error(views, tmp_path):
    """The check itself can fail: a mammogram without its side is not valid."""
    dataset = pydicom.dcmread(BytesIO(dicom_bytes(views[0])))
    del dataset.ImageLaterality
    buffer = BytesIO()
    dataset.save_as(buffer)
    assert _faults(buffer.getvalue(), tmp_path)


def _readable(encoded: bytes, folder: Path) -> bytes:
    """dciodvfy is built without zlib: a deflated file is checked after inflation."""
    dataset = pydicom.dcmread(BytesIO(encoded))
    if dataset.file_meta.TransferSyntaxUID != SYNTAXES["deflated"]:
        return encoded
    dataset.file_meta.TransferSyntaxUID = SYNTAXES["explicit"]
    buffer = BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()


def _faults(encoded: bytes, folder: Path) -> list[str]:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy is not installed: apt-get install dicom3tools")
    path = folder / "phantom.dcm"
    path.write_bytes(encoded)
    told = subprocess.run(
        [validator, "-new", str(path)], capture_output=True, text=True, check=False
    )
    return [line for line in told.stderr.splitlines() if line.startswith("Error")]
