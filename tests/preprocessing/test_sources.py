"""Decoders are handed memory that is whole, and that lives as long as what was made of it."""

import gc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import uid

from core.preprocessing.decoding import codecs, decode
from core.preprocessing.decoding import dicom as dicom_reader
from core.preprocessing.decoding.source import open_source

DicomMaker = Callable[..., Path]
Values = NDArray[np.uint16]
SYNTAXES = (
    uid.ExplicitVRLittleEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.RLELossless,
    uid.JPEGLosslessSV1,
    uid.JPEGLSLossless,
    uid.JPEG2000Lossless,
)


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: str(syntax.name))
def test_a_part_of_memory_is_read_as_the_part_that_it_is(
    dicom: DicomMaker, values: Values, syntax: uid.UID
) -> None:
    data = dicom(values, syntax).read_bytes()
    part = memoryview(b"other" + data + b"more")[5:-4]
    np.testing.assert_array_equal(decode(part).pixels, decode(data).pixels)


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: str(syntax.name))
def test_words_outlive_the_file_that_they_came_from(
    dicom: DicomMaker, values: Values, syntax: uid.UID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With each decoder there is: one that keeps no hold of its input would give other values."""
    path = dicom(values, syntax)
    for plugin in codecs.plugins(codecs.decoder(str(syntax))):
        monkeypatch.setattr(codecs, "plugins", lambda _, only=plugin: [only])
        for source in (path, bytearray(path.read_bytes())):
            stored = _read(source)
            del source
            gc.collect()
            litter = [bytes([0xA5]) * values.nbytes for _ in range(200)]
            np.testing.assert_array_equal(stored, values, err_msg=plugin)
            del litter
        monkeypatch.undo()


def _read(source: Path | bytearray) -> NDArray[np.uint16]:
    words: NDArray[np.uint16] = dicom_reader.read(open_source(source), False).words
    return words
