"""Nothing depends on how a file is compressed, and a file cut short is never half an image."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import uid

from core.errors import CodecMissing, ImageError
from core.preprocessing import specs
from core.preprocessing.decoding import codecs, decode, read_facts
from core.preprocessing.pipeline import decode_for, prepare

DicomMaker = Callable[..., Path]
Values = NDArray[np.uint16]

PLAIN = (
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
)
PACKED = (
    uid.RLELossless,
    uid.JPEGLosslessSV1,
    uid.JPEGLSLossless,
    uid.JPEG2000Lossless,
)


def name(syntax: uid.UID) -> str:
    return str(syntax.name)


@pytest.fixture
def fresh_decoders() -> Iterator[None]:
    codecs.decoder.cache_clear()
    yield
    codecs.decoder.cache_clear()


@pytest.mark.parametrize("working_height", [None, 40])
@pytest.mark.parametrize("syntax", PLAIN + PACKED, ids=name)
def test_every_transfer_syntax_gives_the_same_pixels(
    dicom: DicomMaker, values: Values, syntax: uid.UID, working_height: int | None
) -> None:
    expected = decode(dicom(values), working_height=working_height)
    found = decode(dicom(values, syntax), working_height=working_height)
    np.testing.assert_array_equal(found.pixels, expected.pixels)
    assert found.facts.transfer_syntax == str(syntax)


@pytest.mark.parametrize("syntax", PACKED, ids=name)
def test_a_model_input_does_not_depend_on_compression(
    dicom: DicomMaker, breast: NDArray[np.float32], syntax: uid.UID
) -> None:
    stored = (breast * 16000).astype(np.uint16)
    spec = specs.load("reading-room")
    plain, packed = (
        prepare(decode_for(path, spec), spec) for path in (dicom(stored), dicom(stored, syntax))
    )
    np.testing.assert_array_equal(packed.pixels, plain.pixels)


@pytest.mark.parametrize("syntax", PACKED, ids=name)
def test_all_installed_decoders_agree(
    dicom: DicomMaker, values: Values, syntax: uid.UID, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dicom(values, syntax)
    for plugin in codecs.plugins(codecs.decoder(str(syntax))):
        monkeypatch.setattr(codecs, "plugins", lambda _, only=plugin: [only])
        found = decode(path, working_height=None, voi=False)
        np.testing.assert_allclose(found.pixels, values / 16383, atol=1e-7, err_msg=plugin)


@pytest.mark.parametrize("syntax", PACKED, ids=name)
def test_signed_values_survive_compression(dicom: DicomMaker, syntax: uid.UID) -> None:
    signed = np.linspace(-8000, 8000, 64 * 64).reshape(64, 64).astype(np.int16)
    words = (signed & 0x3FFF).astype(np.uint16)
    header = {"PixelRepresentation": 1, "WindowCenter": 0, "WindowWidth": 9000}
    found = decode(dicom(words, syntax, **header), working_height=None)
    expected = np.clip((signed + 0.5) / 8999 + 0.5, 0, 1)
    np.testing.assert_allclose(found.pixels, expected, atol=1e-6)


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, *PLAIN, *PACKED], ids=name)
@pytest.mark.parametrize("kept", [0.5, 0.97])
def test_a_file_cut_short_is_refused(
    dicom: DicomMaker, values: Values, syntax: uid.UID, kept: float
) -> None:
    whole = dicom(values, syntax).read_bytes()
    with pytest.raises(ImageError, match=r"cut short|end early"):
        decode(whole[: int(kept * len(whole))])


@pytest.mark.parametrize("syntax", PACKED, ids=name)
def test_damaged_data_is_an_error_or_an_image_but_never_a_crash(
    dicom: DicomMaker, values: Values, syntax: uid.UID
) -> None:
    whole = bytearray(dicom(values, syntax).read_bytes())
    generator = np.random.default_rng(0)
    for _ in range(30):
        broken = whole.copy()
        for at in generator.integers(len(whole) // 3, len(whole) - 16, 40):
            broken[at] = generator.integers(256)
        with suppress(ImageError):
            assert decode(bytes(broken)).pixels.shape == values.shape


@pytest.mark.parametrize("syntax", PACKED, ids=name)
def test_a_missing_decoder_is_named(
    dicom: DicomMaker,
    values: Values,
    syntax: uid.UID,
    monkeypatch: pytest.MonkeyPatch,
    fresh_decoders: None,
) -> None:
    path = dicom(values, syntax)
    monkeypatch.setattr(codecs, "ORDER", {})
    with pytest.raises(CodecMissing, match=codecs.PACKAGES[syntax]) as caught:
        decode(path)
    assert "pip install" in str(caught.value)


def test_header_facts_of_a_deflated_file_need_not_inflate_its_pixels(
    dicom: DicomMaker, values: Values
) -> None:
    path = dicom(values, uid.DeflatedExplicitVRLittleEndian)
    assert (read_facts(path).rows, read_facts(path).columns) == values.shape


def test_a_size_that_differs_from_the_compressed_images_is_refused(
    dicom: DicomMaker, values: Values
) -> None:
    path = dicom(values, uid.JPEG2000Lossless, Rows=95)
    with pytest.raises(ImageError, match="95 x 80 pixels but the compressed image has 96 x 80"):
        decode(path)


@pytest.mark.parametrize(("at", "value", "said"), [(6, 0x9F, "159"), (6, 17, "17"), (11, 3, "3")])
def test_a_frame_that_announces_more_than_the_header_is_refused(
    dicom: DicomMaker, values: Values, at: int, value: int, said: str
) -> None:
    """Decoders take its word for it, and one of them then writes where it must not."""
    data = bytearray(dicom(values, uid.JPEGLosslessSV1).read_bytes())
    data[data.index(b"\xff\xd8\xff\xc3") + at] = value
    with pytest.raises(ImageError, match=f"compressed image has {said}: the file is damaged"):
        decode(bytes(data))
