"""A tray keeps what comes as a whole, within its limits, and nothing for longer than it may."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import InputError, NotFound
from core.services import shelf, tray_items, trays
from core.services.trays import DiskFull, Limits, TooLarge, TooMany, Tray

SMALL = Limits(most_file_bytes=100, most_bytes=250, most_files=3, most_trays=2, seconds=1000.0)


@pytest.fixture
def tray(workspace: Path) -> Iterator[Tray]:
    yield shelf.open_tray(SMALL)
    shelf.end()


def put(tray: Tray, slot: str, data: bytes = b"image", name: str = "") -> None:
    arrival = tray.receive(slot, name or slot, len(data))
    try:
        for at in range(0, len(data), 7):
            arrival.write(data[at : at + 7])
        arrival.done()
    except InputError:
        arrival.abandon()
        raise


def on_disk(tray: Tray) -> list[bytes]:
    return [file.read_bytes() for file in sorted(tray.folder.iterdir())]


def test_names_are_told_back_and_never_become_paths(tray: Tray) -> None:
    put(tray, "../../../etc/passwd", b"one")
    put(tray, "/etc/passwd", b"two", "a/b.dcm")
    first, second = tray.files()
    assert (first.name, second.name) == ("../../../etc/passwd", "a/b.dcm")
    assert {first.path.parent, second.path.parent} == {tray.folder}
    assert tray.key not in str(tray.folder)
    assert stat.S_IMODE(tray.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600


def test_the_same_place_holds_one_file(tray: Tray) -> None:
    put(tray, "a", b"old")
    put(tray, "a", b"newer")
    assert on_disk(tray) == [b"newer"]
    assert tray.size == 5


def test_a_file_that_does_not_come_whole_leaves_nothing(tray: Tray) -> None:
    arrival = tray.receive("a", "a", 50)
    arrival.write(b"half")
    arrival.abandon()
    assert on_disk(tray) == []
    assert (tray.size, tray.files()) == (0, [])


def test_beyond_each_limit_there_is_a_sentence_and_no_file(tray: Tray) -> None:
    for data, said in ((b"x" * 101, "most for one"), (b"", "empty")):
        with pytest.raises(InputError, match=said):
            put(tray, "a", data)
    liar = tray.receive("a", "a", 3)
    with pytest.raises(TooLarge, match="most for one"):
        liar.write(b"x" * 101)
    liar.abandon()
    for slot in "ab":
        put(tray, slot, b"x" * 100)
    with pytest.raises(TooLarge, match="the most in all"):
        put(tray, "c", b"x" * 100)
    put(tray, "c")
    with pytest.raises(TooLarge, match="3 files at most"):
        put(tray, "d")
    assert len(on_disk(tray)) == 3


def test_a_full_disk_is_told(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trays, "SPARE_BYTES", 1 << 60)
    with pytest.raises(DiskFull, match="no room"):
        put(tray, "a")


def test_too_many_trays_are_refused(tray: Tray) -> None:
    other = shelf.open_tray(SMALL)
    with pytest.raises(TooMany, match="2 uploads are open"):
        shelf.open_tray(SMALL)
    shelf.close(other.key)
    assert shelf.open_tray(SMALL)


def test_a_closed_tray_is_gone(tray: Tray) -> None:
    ended: list[int] = []
    tray.when_closed(lambda: ended.append(1))
    arrival = tray.receive("a", "a", None)
    arrival.write(b"half")
    shelf.close(tray.key)
    assert ended == [1]
    assert not tray.folder.exists()
    with pytest.raises(NotFound):
        arrival.write(b"the rest")
    arrival.abandon()
    with pytest.raises(NotFound, match="no upload with this key"):
        shelf.find(tray.key)


def test_what_nobody_uses_goes_in_time(tray: Tray) -> None:
    put(tray, "a")
    shelf.shelf().look()
    assert tray.folder.exists()
    tray.limits = replace(SMALL, seconds=-1.0)
    shelf.shelf().look()
    assert not tray.folder.exists()


def test_the_end_of_the_server_leaves_nothing(tray: Tray) -> None:
    put(tray, "a")
    shelf.end()
    assert list(shelf.root().iterdir()) == []


def test_what_a_killed_server_left_goes_with_the_next_start(tray: Tray) -> None:
    code = (
        "import os; from core.services import shelf; t = shelf.open_tray();"
        "a = t.receive('a', 'a', None); a.write(b'x'); a.done(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert len(list(shelf.root().glob("*/*/*"))) == 1
    shelf.sweep()
    assert list(shelf.root().glob("*/*/*")) == []
    assert tray.folder.exists()


def test_a_file_is_the_same_item_at_every_asking(tray: Tray) -> None:
    put(tray, "a")
    first = tray_items.items(tray)
    put(tray, "b")
    assert tray_items.items(tray)[:1] == first
    assert [item.name for item in tray_items.items(tray)] == ["a", "b"]
