"""What cannot be shown is refused with a sentence that says what it is and what to do."""

import logging
import threading
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom import uid

from core.domain.images import Mammogram
from core.errors import ImageError, ImageTooLarge
from core.preprocessing.decoding import decode, header, limits, read_facts

DicomMaker = Callable[..., Path]
Values = NDArray[np.uint16]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"patient;age\n1;50\n", "a text file"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04 ....", "a ZIP archive"),
        (b"GIF89a......", "a GIF"),
        (b"<html></html>", "a web page"),
        (bytes(range(128, 256)), "unknown kind"),
        (bytes(128) + b"DICM", "nothing in its header"),
        (bytes(128) + b"DICM" + b"\xff" * 200, "nothing in its header"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG image cannot be read"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "JPEG image cannot be read"),
        (b"P5\n10 10\n255\n123", "PGM image cannot be read"),
        (b"BM" + bytes(60), "BMP image cannot be read"),
        (b"II*\0" + bytes(60), "TIFF image cannot be read"),
    ],
)
def test_a_file_that_is_no_image_is_named(content: bytes, said: str) -> None:
    with pytest.raises(ImageError, match=said) as caught:
        decode(content)
    assert str(caught.value).endswith(".")


def outcome(source: bytes | Path) -> Mammogram | str:
    try:
        return decode(source)
    except ImageError as fault:
        return str(fault)


@given(st.binary(max_size=600))
def test_any_bytes_give_an_image_or_a_sentence(content: bytes) -> None:
    for prefix in (b"", bytes(128) + b"DICM", b"P5\n", b"BM", b"II*\0", b"\x89PNG\r\n\x1a\n"):
        found = outcome(prefix + content)
        assert isinstance(found, Mammogram) or found.endswith(".")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"nowhere\.dcm cannot be opened"):
        decode(tmp_path / "nowhere.dcm")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be opened"):
        decode(tmp_path)


def test_a_file_without_pixels_says_its_kind(dicom: DicomMaker, values: Values) -> None:
    path = dicom(values, PixelData=None, SOPClassUID=uid.RTPlanStorage)
    with pytest.raises(ImageError, match=r"no pixels \(RT Plan Storage"):
        decode(path)


@pytest.mark.parametrize("elements", [{"Rows": 0}, {"Columns": None}, {"Rows": None}])
def test_a_file_without_a_size_is_refused(
    dicom: DicomMaker, values: Values, elements: dict[str, int | None]
) -> None:
    with pytest.raises(ImageError):
        decode(dicom(values, **elements))


@pytest.mark.parametrize("syntax", ["1.2.3.4", "nonsense", str(uid.MPEG2MPML), "9" * 70])
def test_an_unknown_transfer_syntax_is_named(
    dicom: DicomMaker, values: Values, syntax: str
) -> None:
    data = dicom(values).read_bytes()
    known = uid.ExplicitVRLittleEndian.encode() + b"\0"
    padded = syntax.encode() + b"\0" * (len(syntax) % 2)
    length = len(padded).to_bytes(2, "little")
    at = data.index(known)
    changed = data[: at - 2] + length + padded + data[at + len(known) :]
    with pytest.raises(ImageError, match="transfer syntax"):
        decode(changed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BitsStored", 40),
        ("BitsStored", 0),
        ("BitsAllocated", 12),
        ("BitsAllocated", 0),
        ("HighBit", 90),
        ("PixelRepresentation", 7),
        ("SamplesPerPixel", 0),
        ("SamplesPerPixel", 5),
        ("PhotometricInterpretation", "NONSENSE"),
        ("WindowWidth", 0),
        ("WindowWidth", [1, 2, 3]),
        ("RescaleSlope", 0),
        ("NumberOfFrames", 0),
    ],
)
def test_nonsense_in_the_header_gives_an_image_or_a_sentence(
    dicom: DicomMaker, values: Values, name: str, value: object
) -> None:
    found = outcome(dicom(values, **{name: value}))
    if isinstance(found, str):
        assert found.endswith(".")
    else:
        assert np.isfinite(found.pixels).all()
        assert found.pixels.min() >= 0
        assert found.pixels.max() <= 1


def test_an_announced_size_is_checked_before_memory_is_claimed(
    dicom: DicomMaker, values: Values
) -> None:
    with pytest.raises(ImageTooLarge, match="200 million"):
        decode(dicom(values, Rows=60000, Columns=60000))


def test_a_png_that_announces_a_huge_image_is_refused() -> None:
    _, encoded = cv2.imencode(".png", np.zeros((8, 8), np.uint8))
    png = bytearray(encoded.tobytes())
    png[16:24] = (100_000).to_bytes(4, "big") * 2
    png[29:33] = zlib.crc32(png[12:29]).to_bytes(4, "big")
    with pytest.raises(ImageTooLarge):
        decode(bytes(png))


def test_a_deflated_bomb_is_refused(
    dicom: DicomMaker, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.preprocessing.decoding.dicom_file.MOST_BYTES", 10_000)
    path = dicom(np.zeros((200, 200), np.uint16), uid.DeflatedExplicitVRLittleEndian)
    assert path.stat().st_size < 2_000
    with pytest.raises(ImageTooLarge, match="inflated"):
        decode(path)


def test_nothing_of_a_header_is_logged_or_warned(
    dicom: DicomMaker, values: Values, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "SECRET" * 20  # too long for its kind of element, which pydicom remarks on
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = dicom(values, AccessionNumber=secret, WindowWidth="9000.00000000000000000000")
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert secret not in repr(read_facts(path))
        decode(path)
    assert not caught
    assert secret not in caplog.text


def test_threads_leave_warnings_as_they_were(dicom: DicomMaker, values: Values) -> None:
    path, before = dicom(values), list(warnings.filters)
    threads = [threading.Thread(target=decode, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before


def test_an_image_longer_than_libraries_can_count_is_refused() -> None:
    limits.check_size(30_000, 1)
    with pytest.raises(ImageTooLarge, match="too long: 1 x 30001"):
        limits.check_size(1, 30_001)


def test_the_limit_is_two_hundred_million_pixels() -> None:
    limits.check_size(20_000, 10_000)
    with pytest.raises(ImageTooLarge):
        limits.check_size(20_000, 10_001)


@pytest.mark.parametrize("said", ["1.2" + chr(0) + "Doe^Jane", "9" * 1400, "PATIENT NAME"])
def test_what_stands_where_a_uid_should_be_is_not_repeated(said: str) -> None:
    assert header.uid_name(said) == ""
    assert header.uid_name("1.2.840.10008.5.1.4.1.1.1.2") != ""
