"""Files, folders and zips become single images, and no name in them becomes a path."""

import io
import zipfile
from pathlib import Path

import pytest

from core.errors import ImageError, ImageTooLarge, InputError
from core.services import gathering
from core.services.gathering import Item, expand, gather


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return target.getvalue()


def test_a_folder_is_its_files_and_zips_by_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.dcm").write_bytes(b"one")
    (tmp_path / "a.zip").write_bytes(zipped(x=b"two", y=b"three"))
    (tmp_path / ".hidden").write_bytes(b"four")
    names = [item.name for item in gather([tmp_path])]
    assert names == [f"{tmp_path}/a.zip/x", f"{tmp_path}/a.zip/y", f"{tmp_path}/b/1.dcm"]


def test_each_member_of_a_zip_is_read_as_itself() -> None:
    items = list(expand("e.zip", io.BytesIO(zipped(x=b"two", y=b"three"))))
    assert [item.read() for item in items] == [b"two", b"three"]


def test_names_that_climb_out_of_a_zip_are_only_names() -> None:
    data = zipped(**{"../../etc/passwd": b"x", "C:\\win.dcm": b"y", "__MACOSX/z": b"z"})
    items = list(expand("e.zip", data))
    assert [item.stem for item in items] == ["passwd", "win"]
    assert [item.read() for item in items] == [b"x", b"y"]


@pytest.mark.parametrize("name", ["..", "/", ".", "", "a\0b", "é" * 500, "a b/c?.png"])
def test_a_stem_can_be_part_of_a_files_name(name: str, tmp_path: Path) -> None:
    stem = Item(name, lambda: b"").stem
    file = tmp_path / f"0001-{stem}.png"
    file.write_bytes(b"")
    assert file.parent == tmp_path
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_a_member_that_inflates_too_far_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_BYTES", 1000)
    (item,) = expand("e.zip", zipped(bomb=bytes(2000)))
    with pytest.raises(ImageTooLarge, match="inflates"):
        item.read()


def test_a_damaged_zip_is_a_sentence() -> None:
    whole = zipped(x=bytes(range(256)) * 20)
    (item,) = expand("e.zip", whole[:100])
    with pytest.raises(ImageError, match="damaged"):
        item.read()
    broken = bytearray(whole)
    broken[40:60] = bytes(20)
    (item,) = expand("e.zip", bytes(broken))
    with pytest.raises(ImageError, match="damaged"):
        item.read()


def test_nothing_to_look_at_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no file"):
        list(gather([tmp_path]))
    with pytest.raises(InputError, match="0 files"):
        list(expand("e.zip", zipped()))
