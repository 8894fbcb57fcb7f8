"""PNG, JPEG, TIFF, PGM and BMP: all of their bits, brightness of colour, and known polarity."""

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.errors import ImageError
from core.preprocessing.decoding import decode, ordinary, read_facts

EIGHT = np.arange(64 * 48, dtype=np.uint64).reshape(64, 48).astype(np.uint8)
SIXTEEN = (np.arange(64 * 48).reshape(64, 48) * 21).astype(np.uint16)


def encoded(array: NDArray[np.generic], format: str) -> bytes:
    if format == "PGM":
        top = np.iinfo(array.dtype).max
        kind = ">u2" if top > 255 else "u1"
        rows, columns = array.shape
        return b"P5\n%d %d\n%d\n" % (columns, rows, top) + array.astype(kind).tobytes()
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, format)
    return buffer.getvalue()


def tiff(array: NDArray[np.uint16 | np.uint8], photometric: int) -> bytes:
    """A bare TIFF of one strip, for what Pillow will not write."""
    rows, columns = array.shape
    entries = [
        (256, columns),
        (257, rows),
        (258, 8 * array.itemsize),
        (259, 1),
        (262, photometric),
        (273, 8),
        (277, 1),
        (278, rows),
        (279, array.nbytes),
    ]
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    start = struct.pack("<2sHI", b"II", 42, 8 + array.nbytes)
    return start + array.tobytes() + directory + bytes(4)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PGM", "BMP"])
def test_eight_bits(format: str) -> None:
    found = decode(encoded(EIGHT, format), working_height=None)
    np.testing.assert_allclose(found.pixels, EIGHT / 255, atol=1e-6)
    assert (found.facts.format, found.facts.bits) == (format, 8)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PGM"])
def test_sixteen_bits_are_not_cut_to_eight(format: str) -> None:
    found = decode(encoded(SIXTEEN, format), working_height=None)
    np.testing.assert_allclose(found.pixels, SIXTEEN / 65535, atol=1e-6)
    assert found.facts.bits == 16


def test_jpeg_is_close_to_what_was_saved() -> None:
    smooth = np.linspace(0, 255, 64 * 48).reshape(64, 48).astype(np.uint8)
    found = decode(encoded(smooth, "JPEG"), working_height=None)
    np.testing.assert_allclose(found.pixels, smooth / 255, atol=0.03)


def test_twelve_bits_in_sixteen_use_the_whole_scale() -> None:
    found = decode(encoded((SIXTEEN >> 4).astype(np.uint16), "PNG"), working_height=None)
    assert found.facts.bits == 12
    assert found.pixels.max() == pytest.approx((SIXTEEN >> 4).max() / 4095)


def test_a_pgm_says_its_own_maximum() -> None:
    data = b"P5\n# made by hand\n2 1\n1000\n" + np.array([250, 1000], ">u2").tobytes()
    np.testing.assert_allclose(decode(data).pixels, [[0.25, 1.0]], atol=1e-6)


def test_a_text_pgm() -> None:
    np.testing.assert_allclose(decode(b"P2\n2 1\n100\n25 100\n").pixels, [[0.25, 1]], atol=1e-6)


@pytest.mark.parametrize("array", [EIGHT, SIXTEEN])
def test_a_tiff_whose_zero_is_white_is_inverted(array: NDArray[np.uint16 | np.uint8]) -> None:
    dark, white = (decode(tiff(array, kind), working_height=None) for kind in (1, 0))
    np.testing.assert_allclose(white.pixels, 1 - dark.pixels, atol=1e-6)
    assert white.facts.inverted
    assert not dark.facts.inverted


def test_three_equal_channels_are_grey() -> None:
    found = decode(encoded(np.dstack([EIGHT] * 3), "PNG"), working_height=None)
    np.testing.assert_allclose(found.pixels, EIGHT / 255, atol=1e-6)
    assert not found.facts.colour


def test_true_colour_becomes_brightness_and_is_said() -> None:
    red = np.zeros((64, 48, 3), np.uint8)
    red[..., 0] = 255
    found = decode(encoded(red, "PNG"), working_height=None)
    np.testing.assert_allclose(found.pixels, 0.299, atol=0.003)
    assert found.facts.colour
    assert "colour" in found.facts.notes[0]


@pytest.mark.parametrize("mode", ["P", "LA", "RGBA", "1", "CMYK"])
def test_other_modes_give_an_image(mode: str) -> None:
    buffer = io.BytesIO()
    Image.fromarray(EIGHT).convert(mode).save(buffer, "TIFF" if mode == "CMYK" else "PNG")
    found = decode(buffer.getvalue(), working_height=None)
    assert found.pixels.shape == EIGHT.shape
    assert found.pixels.min() >= 0
    assert found.pixels.max() <= 1


def test_a_float_tiff_is_scaled_by_its_range() -> None:
    data = encoded((SIXTEEN * np.float32(0.5) - 100).astype(np.float32), "TIFF")
    found = decode(data, working_height=None)
    assert (found.pixels.min(), found.pixels.max()) == (0, 1)


def test_the_first_of_several_pages_is_used_and_said() -> None:
    buffer, second = io.BytesIO(), Image.fromarray(255 - EIGHT)
    Image.fromarray(EIGHT).save(buffer, "TIFF", save_all=True, append_images=[second])
    found = decode(buffer.getvalue(), working_height=None)
    np.testing.assert_allclose(found.pixels, EIGHT / 255, atol=1e-6)
    assert found.facts.frames == 2
    assert "2 pages" in found.facts.notes[0]


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "image.dcm"
    path.write_bytes(encoded(EIGHT, "PNG"))
    assert decode(path).facts.format == "PNG"


def test_a_stream_and_bytes_give_the_same(tmp_path: Path) -> None:
    data = encoded(SIXTEEN, "PNG")
    np.testing.assert_array_equal(decode(io.BytesIO(data)).pixels, decode(data).pixels)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "JPEG"])
def test_pillow_stands_in_where_opencv_fails(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(EIGHT, format)
    expected = decode(data, working_height=None).pixels
    monkeypatch.setattr(ordinary.cv2, "imdecode", lambda *_: None)
    np.testing.assert_allclose(decode(data, working_height=None).pixels, expected, atol=0.02)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PGM", "BMP"])
def test_an_image_cut_short_is_refused(format: str) -> None:
    data = encoded(np.tile(SIXTEEN.astype(np.uint8), (3, 1)), format)
    with pytest.raises(ImageError, match="cut short"):
        decode(data[: len(data) // 2])


def test_facts_come_without_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordinary, "_words", None)
    facts = read_facts(encoded(SIXTEEN, "PNG"))
    assert (facts.format, facts.rows, facts.columns, facts.bits) == ("PNG", 64, 48, 16)


def test_large_images_are_averaged_down() -> None:
    found = decode(cv2.imencode(".png", np.tile(EIGHT, (4, 4)))[1].tobytes(), working_height=100)
    assert found.pixels.shape == (86, 64)
    corner = found.to_source @ (0, 0, 1)
    np.testing.assert_allclose(corner, (1, 1, 1), err_msg="the middle of three by three pixels")
