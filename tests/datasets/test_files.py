"""The small readers of foreign files: records, checksums, old spreadsheets, whole or cut."""

import contextlib
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets.base import FORMATS, open_reader
from core.datasets.compound_file import CompoundFile
from core.datasets.crc32c import TABLE, crc32c, masked_crc
from core.datasets.imagefiles import fault_of
from core.datasets.spreadsheet import read_spreadsheet
from core.datasets.tables import read_table
from core.datasets.tfrecord import parse_example, read_record, record_offsets
from core.datasets.verify import verify
from core.errors import DatasetError
from tests.datasets.own_sets import write_picture


@pytest.mark.parametrize(
    ("content", "checksum"),
    [(b"", 0), (b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43)],
)
def test_checksums_of_the_standard_are_met(content: bytes, checksum: int) -> None:
    assert crc32c(content) == checksum


@given(st.binary(max_size=3000))
@settings(max_examples=60, deadline=None)
def test_lanes_give_what_one_byte_after_the_other_gives(content: bytes) -> None:
    crc = 0xFFFFFFFF
    for byte in content:
        crc = int(TABLE[(crc ^ byte) & 0xFF]) ^ crc >> 8
    assert crc32c(content) == crc ^ 0xFFFFFFFF


def field(number: int, content: bytes) -> bytes:
    assert len(content) < 1 << 14
    size = bytes([len(content) & 0x7F | 0x80, len(content) >> 7])
    return bytes([number << 3 | 2]) + size + content


def example(values: dict[str, bytes]) -> bytes:
    entries = (
        field(1, field(1, name.encode()) + field(2, value)) for name, value in values.items()
    )
    return field(1, b"".join(entries))


def test_an_example_holds_bytes_floats_and_whole_numbers() -> None:
    content = example(
        {
            "image": field(1, field(1, b"\x00\xff")),
            "score": field(2, field(1, struct.pack("<2f", 0.5, -1))),
            "label": field(3, field(1, b"\x04\xac\x02")),
            "below": field(3, field(1, b"\xff" * 9 + b"\x01")),
        }
    )
    assert parse_example(content) == {
        "image": [b"\x00\xff"],
        "score": [0.5, -1.0],
        "label": [4, 300],
        "below": [-1],
    }


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_noise_is_no_example_and_no_traceback(content: bytes) -> None:
    with contextlib.suppress(DatasetError):
        assert isinstance(parse_example(content), dict)


def test_records_are_found_and_their_checksums_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.tfrecords"
    contents = [b"first", b"", b"third" * 50]
    with file.open("wb") as out:
        for content in contents:
            length = struct.pack("<Q", len(content))
            out.write(length + struct.pack("<I", masked_crc(length)))
            out.write(content + struct.pack("<I", masked_crc(content)))
    starts = [start for start, _ in record_offsets(file)]
    assert [read_record(file, start) for start in starts] == contents
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(DatasetError, match="cut short"):
        list(record_offsets(file))


@pytest.mark.real
def test_the_excel_table_says_what_the_csv_says(real_data: Path) -> None:
    folder = real_data / "tables" / "inbreast"
    excel = list(read_spreadsheet(folder / "INbreast.xls"))
    plain = list(read_table(folder / "INbreast.csv"))
    columns = ("laterality", "view", "acquisition date", "file name", "acr", "bi-rads")
    assert len(excel) == len(plain) == 410
    for (_, one), (_, other) in zip(excel, plain, strict=True):
        assert [one[name].strip() for name in columns] == [other[name] for name in columns]


@pytest.mark.real
@pytest.mark.parametrize("keep", [100, 600, 5000, 60_000])
def test_an_excel_file_cut_short_is_refused(real_data: Path, tmp_path: Path, keep: int) -> None:
    whole = (real_data / "tables" / "inbreast" / "INbreast.xls").read_bytes()
    (tmp_path / "INbreast.xls").write_bytes(whole[:keep])
    problems = list(verify(open_reader("inbreast", tmp_path)))
    assert any(problem.fatal for problem in problems)


@given(st.binary(max_size=2000))
@settings(max_examples=80, deadline=None)
def test_noise_is_no_excel_file_and_no_traceback(content: bytes) -> None:
    with pytest.raises((DatasetError, struct.error, IndexError)):
        CompoundFile(bytes.fromhex("d0cf11e0a1b11ae1") + content).stream("Workbook")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".pgm", ".bmp"])
def test_whole_pictures_have_no_fault(tmp_path: Path, suffix: str) -> None:
    assert fault_of(write_picture(tmp_path / f"a{suffix}")) is None


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_pictures_cut_short_are_noticed_without_decoding(tmp_path: Path, suffix: str) -> None:
    file = write_picture(tmp_path / f"a{suffix}")
    file.write_bytes(file.read_bytes()[:-20])
    assert "cut short" in str(fault_of(file))


def test_every_dicom_of_the_phantom_is_whole_until_it_is_cut(
    layout: Callable[[str], Path], tmp_path: Path
) -> None:
    files = sorted(layout("folder").rglob("*.dcm"))
    assert [fault_of(file) for file in files] == [None] * len(files)
    for number, file in enumerate(files):
        cut = tmp_path / f"{number}.dcm"
        content = file.read_bytes()
        for kept in (len(content) * 2 // 3, len(content) - 40):
            cut.write_bytes(content[:kept])
            assert fault_of(cut), file


def test_missing_empty_and_mistaken_files_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "text.dcm").write_text("no picture")
    assert "missing" in str(fault_of(tmp_path / "none.png"))
    assert "empty" in str(fault_of(tmp_path / "empty.png"))
    assert "another kind" in str(fault_of(tmp_path / "text.jpg"))
    assert fault_of(tmp_path / "text.dcm")


def test_verifying_names_each_bad_file_with_its_row(manifest: Path) -> None:
    (manifest / "images/003.png").write_bytes(b"")
    (manifest / "images/007.png").unlink()
    problems = list(verify(open_reader("manifest", manifest)))
    assert [(p.file, p.row, p.fatal) for p in problems] == [
        ("images/003.png", 5, False),
        ("images/007.png", 9, False),
    ]


def test_a_set_without_a_single_readable_file_cannot_be_prepared(manifest: Path) -> None:
    for file in (manifest / "images").iterdir():
        file.unlink()
    problems = list(verify(open_reader("manifest", manifest)))
    assert problems[-1].fatal
    assert len(problems) == 17


def test_each_format_says_what_it_is_and_under_which_terms() -> None:
    for entry in FORMATS:
        reader = entry.load()
        assert entry.summary.endswith(".")
        assert reader.title
        assert reader.terms
    assert np.unique([entry.load().title for entry in FORMATS]).size == len(FORMATS.names())
