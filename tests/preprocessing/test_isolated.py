"""A file that crashes, hangs or swallows memory costs one process and one sentence."""

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from pydicom import uid

from core.errors import Busy, ImageError, ImageTooLarge
from core.preprocessing.decoding import decode
from core.preprocessing.isolated import Limits, Pool, buffer

ROOT = Path(__file__).resolve().parents[2]
DicomMaker = Callable[..., Path]
Values = NDArray[np.uint16]

# A decoder with faults: what a comment in a PGM file asks for happens.
FAULTY = """
import os, time
from core.preprocessing.decoding import pgm

sound = pgm.words

def faulty(content, rows, columns):
    head = content.head(64)
    if b"# crash" in head:
        os.abort()
    if b"# hang" in head:
        time.sleep(1000)
    if b"# swallow" in head:
        bytearray(4_000_000_000)
    if b"# stumble" in head:
        raise KeyError("PatientName")
    return sound(content, rows, columns)

pgm.words = faulty
"""


def pgm(wish: str = "") -> bytes:
    return f"P5\n# {wish}\n200 160\n255\n".encode() + bytes(range(200)) * 160


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    folder = tmp_path_factory.mktemp("faulty")
    (folder / "sitecustomize.py").write_text(FAULTY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        pool = Pool(1, Limits(seconds=1.0, megabytes=600), patience=20)
        pool.warm()
        yield pool
        pool.close()


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(1, Limits())
    yield made
    made.close()


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.JPEGLosslessSV1])
def test_an_image_comes_through_unchanged(
    pool: Pool, dicom: DicomMaker, values: Values, syntax: uid.UID
) -> None:
    path = dicom(values, syntax, ImageLaterality="L", ImagerPixelSpacing=[0.1, 0.2])
    expected = decode(path, working_height=40)
    for source in (path, path.read_bytes(), io.BytesIO(path.read_bytes())):
        found = pool.decode(source, working_height=40)
        np.testing.assert_array_equal(found.pixels, expected.pixels)
        np.testing.assert_array_equal(found.to_source, expected.to_source)
        assert found.facts == expected.facts


def test_a_refusal_comes_through_word_by_word(
    pool: Pool, dicom: DicomMaker, values: Values, tmp_path: Path
) -> None:
    large = dicom(values, Rows=60000, Columns=60000)
    for source, kind in ((b"", ImageError), (b"hello there", ImageError), (large, ImageTooLarge)):
        with pytest.raises(kind) as plain:
            decode(source)
        with pytest.raises(kind) as isolated:
            pool.decode(source)
        assert str(isolated.value) == str(plain.value)
    with pytest.raises(ImageError, match=r"nowhere\.dcm cannot be opened"):
        pool.decode(tmp_path / "nowhere.dcm")


@pytest.mark.parametrize(
    ("wish", "said", "lost"),
    [
        ("crash", "fail completely", 1),
        ("hang", "longer than 1 seconds", 1),
        ("swallow", "more than 600 MB of memory", 0),
        ("stumble", "damaged, or of a kind", 0),
    ],
)
def test_a_bad_file_costs_a_sentence_and_the_next_is_read(
    faulty: Pool, wish: str, said: str, lost: int
) -> None:
    before, begun = faulty.status().lost, time.monotonic()
    with pytest.raises(ImageError, match=said) as caught:
        faulty.decode(pgm(wish))
    assert time.monotonic() - begun < 10
    assert "PatientName" not in str(caught.value)
    assert faulty.decode(pgm()).pixels.shape == (160, 200)
    assert faulty.status().lost == before + lost
    assert faulty.status().busy == 0


def test_who_waits_too_long_for_a_turn_is_told_so(faulty: Pool) -> None:
    faulty.decode(pgm())

    def hang() -> None:
        with suppress(ImageError):
            faulty.decode(pgm("hang"))

    hanging = threading.Thread(target=hang)
    hanging.start()
    time.sleep(0.2)
    faulty._patience, kept = 0.1, faulty._patience
    with pytest.raises(Busy, match="Try again"):
        faulty.decode(pgm())
    faulty._patience = kept
    hanging.join()


def test_a_process_that_died_while_idle_is_replaced(pool: Pool) -> None:
    pool.decode(pgm())
    pool._idle[0]._process.kill()
    pool._idle[0]._process.wait()
    assert pool.decode(pgm()).pixels.shape == (160, 200)


def test_nothing_of_a_file_stays_in_memory(pool: Pool) -> None:
    pool.decode(pgm())
    assert os.fstat(pool._idle[0]._buffer.fileno()).st_size == 0


def test_an_answer_about_more_than_was_written_is_refused() -> None:
    with buffer.open_buffer() as shared:
        shared.write(bytes(400))
        assert buffer.read_pixels(shared, 0, 10, 10).shape == (10, 10)
        for rows, columns in ((10, 11), (100_000, 100_000), (-1, -100), (0, 0)):
            with pytest.raises(ImageError, match="no image"):
                buffer.read_pixels(shared, 0, rows, columns)


def test_decoders_end_with_the_server_however_it_ends() -> None:
    code = (
        "import os; from core.preprocessing.isolated import Limits, Pool; pool = Pool(1, Limits());"
        "pool.warm(); print(pool._idle[0]._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    number = int(done.stdout)
    deadline = time.monotonic() + 10
    while psutil.pid_exists(number) and psutil.Process(number).status() != "zombie":
        assert time.monotonic() < deadline
        time.sleep(0.05)
