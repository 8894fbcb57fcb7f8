"""A zip is unpacked only when nothing in it can do harm."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from core.errors import DatasetError
from core.services import archives


def zipped(files: dict[str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    buffer.seek(0)
    return buffer


def test_the_only_folder_of_a_zip_is_the_dataset_s(workspace: Path) -> None:
    told: list[tuple[int, int]] = []
    made = zipped({"set/normal/a.png": b"1", "set/cases.csv": b"2", "__MACOSX/set/._a": b"3"})
    folder = archives.unpack(made, "mine", lambda done, total: told.append((done, total)))
    assert folder == workspace.resolve() / "uploads" / "mine" / "set"
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == ["a.png", "cases.csv"]
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "name", ["../outside.txt", "a/../../outside.txt", "/etc/outside.txt", "..\\outside.txt"]
)
def test_a_zip_that_names_a_place_outside_is_refused_whole(workspace: Path, name: str) -> None:
    with pytest.raises(DatasetError, match="outside its folder"):
        archives.unpack(zipped({"good.png": b"1", name: b"2"}), "mine")
    assert not list(workspace.rglob("*.txt"))
    assert not (workspace / "uploads" / "mine").exists()


def test_a_link_is_refused(workspace: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DatasetError, match="holds a link"):
        archives.unpack(buffer, "mine")


def test_a_zip_that_inflates_beyond_measure_is_refused(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000_000)
    bomb = zipped({"zeros.bin": bytes(5_000_000)})
    assert len(bomb.getvalue()) < 10_000
    with pytest.raises(DatasetError, match="Unpacked, the zip would take"):
        archives.unpack(bomb, "mine")
    assert not (workspace / "uploads" / "mine").exists()


def test_too_many_files_are_refused(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    with pytest.raises(DatasetError, match="Allowed: 3"):
        archives.unpack(zipped({f"{n}.png": b"" for n in range(4)}), "mine")


@pytest.mark.parametrize("data", [b"", b"no zip at all", zipped({"a": b"1" * 999}).getvalue()[:60]])
def test_what_is_no_zip_is_said_plainly(workspace: Path, data: bytes) -> None:
    with pytest.raises(DatasetError, match="cannot be unpacked"):
        archives.unpack(io.BytesIO(data), "mine")
    assert not (workspace / "uploads" / "mine").exists()


def test_an_empty_zip_and_a_taken_name_are_refused(workspace: Path) -> None:
    with pytest.raises(DatasetError, match="holds no file"):
        archives.unpack(zipped({}), "mine")
    archives.unpack(zipped({"a": b"1"}), "mine")
    with pytest.raises(DatasetError, match="already"):
        archives.unpack(zipped({"a": b"1"}), "mine")
    assert archives.free_name("mine") == "mine-2"
