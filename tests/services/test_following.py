"""A table that grows costs its new lines only, and one that was rewritten is read anew."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from core.services import following, thinning
from core.services.following import Followed
from core.training.journal import Journal
from core.training.run_folder import RunFolder

HEAD = "epoch,loss\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    path.write_text(HEAD + "1,0.5\n2,0.25\n")
    return path


def append(path: Path, text: str) -> None:
    with path.open("a") as opened:
        opened.write(text)


def rewrite(path: Path, text: str) -> None:
    """As a resumed run does: beside its place, then moved into it."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.replace(path)


def test_what_is_appended_is_read_and_nothing_twice(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = Followed(file)
    first = followed.look()
    assert first.column("loss").tolist() == [0.5, 0.25]
    read: list[bytes] = []
    numbers = following._numbers
    monkeypatch.setattr(following, "_numbers", lambda new, c: read.append(new) or numbers(new, c))
    append(file, "3,0.125\n")
    assert followed.look().column("epoch").tolist() == [1, 2, 3]
    assert read == [b"3,0.125\n"]
    assert first.column("loss").tolist() == [0.5, 0.25]  # what was handed out stays


def test_the_version_changes_with_the_content_and_only_then(file: Path) -> None:
    followed = Followed(file)
    version = followed.look().version
    os.utime(file)
    assert followed.look().version == version
    append(file, "3,0.125\n")
    assert followed.look().version > version


def test_a_line_being_written_waits_for_its_end(file: Path) -> None:
    followed = Followed(file)
    append(file, "3,0.1")
    assert len(followed.look()) == 2
    append(file, "25\n")
    assert followed.look().column("loss").tolist() == [0.5, 0.25, 0.125]


@pytest.mark.parametrize("again", ["1,0.5\n", "1,0.5\n2,0.75\n3,0.7\n4,0.6\n"])
def test_a_file_replaced_by_a_resumed_run_is_read_anew(file: Path, again: str) -> None:
    followed = Followed(file)
    followed.look()
    rewrite(file, HEAD + again)
    assert len(followed.look()) == again.count("\n")
    assert followed.look().column("loss")[-1] == float(again.split(",")[-1])


def test_a_file_written_over_in_place_is_noticed_by_its_content(file: Path) -> None:
    followed = Followed(file)
    followed.look()
    file.write_text(HEAD + "1,0.9\n2,0.8\n3,0.7\n")
    assert followed.look().column("loss").tolist() == [0.9, 0.8, 0.7]


def test_a_file_that_goes_and_comes_back(file: Path) -> None:
    followed = Followed(file)
    followed.look()
    file.unlink()
    assert len(followed.look()) == 0
    file.write_text(HEAD + "1,0.4\n")
    assert followed.look().column("loss").tolist() == [0.4]


def test_spoilt_rows_are_left_out_and_empty_cells_are_no_numbers(file: Path) -> None:
    append(file, "nonsense\n3,,,,\n4,nan\n\x00\xff\n5,0.1\n")
    table = Followed(file).look()
    assert table.column("epoch").tolist()[-1] == 5
    assert set(table.column("epoch").tolist()) <= {1.0, 2.0, 3.0, 4.0, 5.0}
    assert np.isnan(table.column("loss")[table.column("epoch") == 4]).all()
    assert np.isnan(table.column("no such column")).all()


@pytest.mark.parametrize("text", ["", "epoch", "epoch,loss\n", "\n\n", "\x00\x01"])
def test_a_file_with_nothing_in_it_is_an_empty_table(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert len(Followed(path).look()) == 0


def test_large_and_small_readings_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + "".join(f"{n},{n / 7:.6g}\n" for n in range(1, 500)))
    small = Followed(path).look().values
    monkeypatch.setattr(following, "_FEW_BYTES", 0)
    assert np.array_equal(Followed(path).look().values, small)


def test_a_resumed_runs_journal_is_followed_through_its_cut(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    journal = Journal(folder)
    journal.begin(0, 0)
    for epoch in (1, 2, 3):
        journal.epoch({"epoch": epoch, "loss": 1 / epoch})
    assert following.follow(folder.history_file).column("epoch").tolist() == [1, 2, 3]
    Journal(folder).begin(1, 0)
    assert following.follow(folder.history_file).column("epoch").tolist() == [1]
    journal.epoch({"epoch": 2, "loss": 0.4})
    assert following.follow(folder.history_file).column("loss").tolist() == [1, 0.4]


def test_many_watchers_of_one_file_see_whole_tables(file: Path) -> None:
    wrong: list[object] = []

    def watch() -> None:
        for _ in range(200):
            table = following.follow(file)
            epochs = table.column("epoch").tolist()
            if epochs != list(range(1, len(epochs) + 1)):
                wrong.append(epochs)

    watchers = [threading.Thread(target=watch) for _ in range(4)]
    for one in watchers:
        one.start()
    for epoch in range(3, 60):
        append(file, f"{epoch},0.1\n")
    for one in watchers:
        one.join()
    assert wrong == []
    assert len(following.follow(file)) == 59


@pytest.mark.parametrize("count", [1, 10, 999, 1000, 1001, 4097, 100_000])
def test_thinning_keeps_ends_and_extremes_within_its_bound(count: int) -> None:
    values = np.random.default_rng(0).normal(size=count)
    values[count // 3] = 50.0
    values[count // 2] = -50.0 if count > 2 else values[count // 2]
    chosen = thinning.places(values, 1000)
    assert len(chosen) <= 1000
    assert chosen[0] == 0
    assert chosen[-1] == count - 1
    assert (np.diff(chosen) > 0).all()
    assert values[chosen].max() == values.max()
    assert values[chosen].min() == values.min()


def test_a_growing_line_keeps_the_points_it_had() -> None:
    """Else the curve would flicker at every refresh."""
    values = np.random.default_rng(0).normal(size=3000)
    before, after = thinning.places(values[:2900], 1000), thinning.places(values, 1000)
    assert set(before[:-3]) <= set(after)


def test_gaps_do_not_disturb_thinning() -> None:
    values = np.full(5000, np.nan)
    values[1234] = 1.0
    assert 1234 in thinning.places(values, 100)
