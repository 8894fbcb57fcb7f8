"""JPEG 2000 at half its resolution shows what the whole image shows, or is not used."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import uid
from pydicom.encaps import encapsulate

from core.domain.cases import Side, View
from core.domain.images import Pixels
from core.errors import ImageError
from core.phantom import PhantomConfig, image
from core.phantom.dicom import dicom_bytes
from core.preprocessing import specs
from core.preprocessing.decoding import decode
from core.preprocessing.decoding import dicom as dicom_reader
from core.preprocessing.decoding.source import open_source
from core.preprocessing.pipeline import decode_for, prepare

DicomMaker = Callable[..., Path]
Values = NDArray[np.uint16]
# On a scale from black to white; docs/preprocessing.md promises the same.
MEAN, NEARLY_ALL, MOST = 0.0015, 0.02, 0.06
LABEL_CORNER = 0.15  # before the steps, where black meets white from one pixel to the next
# A region's edge may fall one pixel further: there the regions' spec jumps from dark to bright.
JUMPS = ("c-context-regions",)
WHOLE = [name for name in specs.names() if specs.load(name).working_height]


def is_halved(source: Path | bytes, working_height: int | None) -> bool:
    return dicom_reader.read(open_source(source), True, working_height).halved


def check_alike(found: Pixels, expected: Pixels, most: float = MOST) -> None:
    apart = np.abs(found - expected)
    assert apart.mean() <= MEAN
    assert np.percentile(apart, 99.9) <= NEARLY_ALL
    assert apart.max() <= most


@pytest.fixture
def whole_only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Calls a function as if no image were large enough to be halved."""

    def call(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(dicom_reader, "LEAST_HALVED", 10**9)
            return function(*arguments, **options)

    return call


@pytest.fixture(scope="module")
def phantoms() -> tuple[bytes, bytes]:
    """One phantom, uncompressed and as JPEG 2000."""
    made = image(PhantomConfig(seed=5, height=2005), 0, Side.LEFT, View.MLO)
    return dicom_bytes(made), dicom_bytes(made, syntax="jpeg2000")


@pytest.fixture(scope="module")
def tissue() -> Values:
    """Clouds and noise in 12 bits beside black air; both sides are odd."""
    generator = np.random.default_rng(0)
    coarse = generator.normal(0, 1, (25, 20))
    clouds = np.kron(coarse, np.ones((25, 25)))[:617, :489]
    smooth = cv2.GaussianBlur(clouds, (0, 0), 9)
    values = 1800 + 300 * smooth + generator.normal(0, 15, smooth.shape)
    values *= np.clip((420 - np.arange(489)) / 8, 0, 1)
    return np.asarray(np.clip(values, 0, 4095), np.uint16)


def packed(
    values: NDArray[Any],
    tile: tuple[int, int] | None = None,
    bitspersample: int = 12,
    **options: Any,
) -> bytes:
    if tile:  # which only Pillow writes, always in 16 bits
        written = io.BytesIO()
        Image.fromarray(values).save(written, "JPEG2000", no_jp2=True, tile_size=tile)
        return written.getvalue()
    settings: dict[str, Any] = {"level": 0, "reversible": True, "codecformat": "j2k"} | options
    return bytes(imagecodecs.jpeg2k_encode(values, bitspersample=bitspersample, **settings))


@pytest.fixture
def packed_file(dicom: DicomMaker, tissue: Values) -> Callable[..., Path]:
    """`tissue` compressed as asked; header elements as for `dicom`."""

    def make(
        values: NDArray[Any] = tissue, header: dict[str, Any] | None = None, **options: Any
    ) -> Path:
        elements = {"BitsStored": 12, "HighBit": 11, "WindowCenter": 2048, "WindowWidth": 4096}
        frame = encapsulate([packed(values, **options)])
        return dicom(tissue, uid.JPEG2000Lossless, PixelData=frame, **elements | (header or {}))

    return make


@pytest.mark.parametrize("name", WHOLE)
def test_a_model_input_is_that_of_the_uncompressed_file(
    name: str, phantoms: tuple[bytes, bytes]
) -> None:
    spec = replace(specs.load(name), working_height=502)
    plain, small = phantoms
    assert is_halved(small, spec.working_height)
    found, expected = (prepare(decode_for(one, spec), spec) for one in (small, plain))
    check_alike(found.pixels, expected.pixels, 0.5 if name in JUMPS else MOST)
    np.testing.assert_allclose(found.to_source, expected.to_source, atol=4)


@pytest.mark.parametrize("factor", [4, 5, 6, 9])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"codecformat": "jp2"},
        {"tile": (256, 128)},
        {"resolutions": 2},
        {"bitspersample": 16},
        {"reversible": False, "level": 60},
    ],
    ids=str,
)
def test_every_factor_and_kind_of_frame_gives_the_means_of_the_whole(
    packed_file: Callable[..., Path],
    whole_only: Callable[..., Any],
    factor: int,
    options: dict[str, Any],
) -> None:
    path, height = packed_file(**options), -(-617 // factor)
    assert is_halved(path, height)
    found = decode(path, working_height=height)
    expected = whole_only(decode, path, working_height=height)
    assert found.pixels.shape == expected.pixels.shape
    np.testing.assert_array_equal(found.to_source, expected.to_source)
    assert found.facts == expected.facts
    check_alike(found.pixels, expected.pixels)


def test_even_the_corners_of_a_label_are_nearly_as_sharp(
    packed_file: Callable[..., Path], tissue: Values, whole_only: Callable[..., Any]
) -> None:
    labelled = tissue.copy()
    labelled[41:63, 450:471] = 4095
    path = packed_file(labelled)
    assert is_halved(path, 150)
    expected = whole_only(decode, path, working_height=150).pixels
    apart = np.abs(decode(path, working_height=150).pixels - expected)
    assert apart.max() <= LABEL_CORNER


def test_inverted_files_are_halved_too(
    packed_file: Callable[..., Path], whole_only: Callable[..., Any]
) -> None:
    path = packed_file(header={"PhotometricInterpretation": "MONOCHROME1"})
    assert is_halved(path, 150)
    expected = whole_only(decode, path, working_height=150).pixels
    check_alike(decode(path, working_height=150).pixels, expected)


def test_eight_bits_are_too_coarse_to_be_halved(
    packed_file: Callable[..., Path], tissue: Values
) -> None:
    header = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    header |= {"WindowCenter": 128, "WindowWidth": 256}
    few = (tissue >> 4).astype(np.uint8)
    path = packed_file(few, header, bitspersample=8)
    assert not is_halved(path, 150)
    np.testing.assert_allclose(
        decode(path, working_height=None, voi=False).pixels, few / 255, atol=1e-7
    )


@pytest.mark.parametrize(
    ("header", "options"),
    [
        ({"WindowCenter": None, "WindowWidth": None}, {}),
        ({"PixelRepresentation": 1}, {}),
        ({"WindowCenter": 1800, "WindowWidth": 30}, {}),
        ({"NumberOfFrames": 2}, {}),
        ({}, {"resolutions": 1}),
        ({}, {"tile": (255, 255)}),
    ],
    ids=["no window", "signed", "a window that cuts", "frames", "no levels", "odd tiles"],
)
def test_where_half_would_differ_the_whole_is_decoded(
    packed_file: Callable[..., Path], header: dict[str, Any], options: dict[str, Any]
) -> None:
    assert is_halved(packed_file(), 150)
    assert not is_halved(packed_file(header=header, **options), 150)


@pytest.mark.parametrize("height", [None, 617, 206])
def test_an_image_that_is_hardly_shrunk_is_decoded_whole(
    packed_file: Callable[..., Path], tissue: Values, height: int | None
) -> None:
    path = packed_file()
    assert not is_halved(path, height)
    np.testing.assert_allclose(
        decode(path, working_height=None, voi=False).pixels, tissue / 4095, atol=1e-7
    )


def test_a_frame_cut_short_is_refused_at_half_size_too(
    packed_file: Callable[..., Path],
) -> None:
    dataset = pydicom.dcmread(packed_file())
    frame = pydicom.encaps.get_frame(dataset.PixelData, 0, number_of_frames=1)
    dataset.PixelData = encapsulate([frame[: int(0.9 * len(frame))]])
    path = packed_file().with_name("short.dcm")
    dataset.save_as(path, enforce_file_format=True)
    with pytest.raises(ImageError, match="cannot be decoded"):
        decode(path, working_height=150)


def test_no_damage_to_the_head_of_a_frame_crashes(packed_file: Callable[..., Path]) -> None:
    whole = packed_file().read_bytes()
    at = whole.index(b"\xff\x4f\xff\x51")
    for place in range(at, at + 80):
        for value in (0, 0x7F, 0xFF):
            broken = bytearray(whole)
            broken[place] = value
            try:
                shape = decode(bytes(broken), working_height=150).pixels.shape
            except ImageError:
                continue
            assert shape == (124, 98)


@pytest.mark.real
@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("height", [694, 560, 400])
def test_a_real_mammogram_is_prepared_alike(
    real_data: Path, whole_only: Callable[..., Any], name: str, height: int
) -> None:
    path = real_data / "dicom" / "rsna" / "10008" / "200779059.dcm"
    spec = replace(specs.load(name), working_height=height)
    assert is_halved(path, height)
    found = prepare(decode_for(path, spec), spec).pixels
    expected = prepare(whole_only(decode_for, path, spec), spec).pixels
    check_alike(found, expected, 0.5 if name in JUMPS else MOST)
