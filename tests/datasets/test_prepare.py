"""Preparing: complete, resumable, honest about what could not be read."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import paths
from core.datasets.findings import from_json, lesion_mask
from core.datasets.journal import JOURNAL
from core.datasets.prepare import Stopped, checksum, prepare_dataset
from core.datasets.prepared import COLUMNS, PreparedDataset, open_prepared
from core.datasets.progress import PrepareState, Progress, read_progress
from core.domain.dataset import PatchPlan, Source
from core.domain.preprocess import PreprocessSpec, ScaleSpec
from core.errors import DatasetError, InputError
from tests.datasets.own_sets import TINY, manifest_rows, request_for, write_picture, write_table

pytestmark = pytest.mark.usefixtures("workspace")
ROOT = Path(__file__).parent.parent.parent


def prepared(root: Path, **changes: Any) -> PreparedDataset:
    return prepare_dataset(request_for(root, **changes), workers=1)


def test_arrays_and_table_go_together(manifest: Path) -> None:
    data = prepared(manifest)
    assert data.images.shape == (16, 32, 24)
    assert data.images.dtype == np.uint8
    assert list(data.index.columns) == list(COLUMNS)
    assert data.index["image_id"].tolist() == [f"i{n}" for n in range(16)]
    assert data.info.patients == 8
    assert data.targets.tolist() == [n // 2 % 2 for n in range(16)]
    means = data.images.reshape(16, -1).mean(axis=1) / 255
    assert data.index["mean"].to_numpy() == pytest.approx(means, abs=0.01)


def test_a_finding_lies_where_it_lay_in_the_file(manifest: Path) -> None:
    data = prepared(manifest)
    row = data.index[data.index["class"] == "cancer"].iloc[0]
    mask = lesion_mask(from_json(row["findings"]), (32, 24), row["to_source"])
    y, x = np.argwhere(mask).mean(axis=0)
    assert (x, y) == pytest.approx((20 * 24 / 36, 30 * 32 / 48), abs=0.7)
    assert mask.sum() == pytest.approx(np.pi * 6**2 * (24 / 36) * (32 / 48), rel=0.2)


def test_the_number_of_processes_changes_nothing(manifest: Path) -> None:
    one = prepare_dataset(request_for(manifest, name="one"), workers=1)
    two = prepare_dataset(request_for(manifest, name="two"), workers=2)
    assert one.info.checksums == two.info.checksums


def test_files_that_cannot_be_read_are_quarantined_with_the_reason(manifest: Path) -> None:
    (manifest / "images/003.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    (manifest / "images/005.png").unlink()
    data = prepared(manifest)
    table = pd.read_csv(data.path / "quarantine.csv")
    assert table["file"].tolist() == ["images/003.png", "images/005.png"]
    assert table["reason"].str.len().min() > 20
    assert (data.info.images, data.info.quarantined) == (14, 2)
    assert data.images.shape[0] == len(data.index) == 14
    assert "i3" not in set(data.index["image_id"])


def test_nothing_readable_at_all_is_an_error(manifest: Path) -> None:
    for file in (manifest / "images").iterdir():
        file.write_bytes(b"nothing")
    with pytest.raises(DatasetError, match="Not one image"):
        prepared(manifest)
    found = read_progress(paths.datasets() / "set")
    assert found
    assert found.state is PrepareState.FAILED


def test_stopping_keeps_what_is_done_and_going_on_completes_it(manifest: Path) -> None:
    whole = prepared(manifest, name="whole")
    with pytest.raises(Stopped):
        prepare_dataset(request_for(manifest), workers=1, stop=lambda: True)
    found = read_progress(paths.datasets() / "set")
    assert found
    assert (found.state, len(_journal("set"))) == (PrepareState.STOPPED, 1)
    assert prepared(manifest).info.checksums == whole.info.checksums


def _journal(name: str) -> list[str]:
    file = paths.datasets() / name / JOURNAL
    return file.read_text().splitlines() if file.is_file() else []


@pytest.mark.parametrize("damage", ["half a line", "pixels cut", "pixels changed"])
def test_what_a_power_failure_left_half_written_is_done_again(manifest: Path, damage: str) -> None:
    whole = prepared(manifest, name="whole")
    done = 0

    def after_six() -> bool:
        nonlocal done
        done += 1
        return done == 6

    with pytest.raises(Stopped):
        prepare_dataset(request_for(manifest), workers=1, stop=after_six)
    folder = paths.datasets() / "set"
    pixels = bytearray((folder / "images.part").read_bytes())
    if damage == "half a line":
        text = (folder / JOURNAL).read_text()
        (folder / JOURNAL).write_text(text[:-40])
    elif damage == "pixels cut":
        (folder / "images.part").write_bytes(pixels[:-100])
    else:
        pixels[-400] ^= 0xFF
        (folder / "images.part").write_bytes(pixels)
    assert prepared(manifest).info.checksums == whole.info.checksums


def test_a_killed_preparation_goes_on_without_doing_its_work_again(tmp_path: Path) -> None:
    root = tmp_path / "many"
    rows = [{**row} for row in manifest_rows(root, patients=150)]
    write_table(root / "manifest.csv", rows)
    words = ["prepare", "manifest", str(root), "--name", "set", "--size", "32", "--task", "cancer"]
    process = _started(words)
    _wait_for(lambda: len(_journal("set")) >= 20 or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = len(_journal("set"))
    assert 20 <= kept < 300
    found = read_progress(paths.datasets() / "set")
    assert found
    assert found.state is PrepareState.INTERRUPTED
    again = _started(words)
    _, said = again.communicate(timeout=120)
    assert again.returncode == 0
    assert open_prepared("set").info.images == 300
    first_count = int(said.split("/")[0])
    assert first_count == kept


def _started(words: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "core", *words, "--workers", "1"],
        cwd=ROOT,
        env={**os.environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for(condition: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def test_another_request_under_the_same_name_is_refused(manifest: Path) -> None:
    prepared(manifest)
    with pytest.raises(DatasetError, match="Choose another name"):
        prepared(manifest, spec=TINY.with_size(16, 16))
    assert prepared(manifest).info.images == 16


def test_a_source_that_changed_in_between_is_noticed(manifest: Path) -> None:
    with pytest.raises(Stopped):
        prepare_dataset(request_for(manifest), workers=1, stop=lambda: True)
    write_table(manifest / "manifest.csv", manifest_rows(manifest, patients=9))
    with pytest.raises(DatasetError, match="has changed"):
        prepared(manifest)


def test_a_failed_beginning_may_be_begun_in_another_way(manifest: Path) -> None:
    with pytest.raises(DatasetError):
        prepared(manifest.parent / "nowhere")
    assert prepared(manifest).info.images == 16


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", "x" * 80, "."])
def test_names_that_are_no_folder_names_are_refused(manifest: Path, name: str) -> None:
    with pytest.raises(DatasetError, match="cannot be the name"):
        prepared(manifest, name=name)


def test_a_full_disk_is_noticed_before_anything_is_decoded(
    manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 10_000

    monkeypatch.setattr(shutil, "disk_usage", lambda path: Full)
    with pytest.raises(InputError, match="MB free"):
        prepared(manifest)


def test_views_and_a_limit_choose_whole_patients(manifest: Path) -> None:
    rows = [
        {**row, "view": "CC" if n % 2 else "MLO"} for n, row in enumerate(manifest_rows(manifest))
    ]
    write_table(manifest / "manifest.csv", rows)
    data = prepared(manifest, name="views", views=("MLO",))
    assert set(data.index["view"]) == {"MLO"}
    assert data.info.options["left_out"] == {"another view": 8}
    few = prepared(manifest, name="few", limit=6)
    assert len(few.index) == 6
    assert few.index["patient_id"].value_counts().tolist() == [2, 2, 2]
    with pytest.raises(DatasetError, match="Choose another task or view"):
        prepared(manifest, name="none", views=("other",))


def test_combined_sets_keep_their_patients_apart(manifest: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_table(other / "manifest.csv", manifest_rows(other, patients=2))
    sources = (Source("manifest", str(manifest)), Source("manifest", str(other)))
    data = prepared(manifest, sources=sources)
    assert data.index["source"].value_counts().to_dict() == {"manifest": 16, "manifest-2": 4}
    assert data.info.patients == 10
    assert "manifest-2/p0" in set(data.index["patient_id"])


def test_two_images_with_one_id_are_refused(manifest: Path) -> None:
    folder = manifest / "again"
    write_picture(folder / "normal" / "a.png")
    write_table(
        folder / "cases.csv",
        [
            {
                "image_id": "normal/b.png",
                "path": "normal/a.png",
                "patient_id": "p",
                "label": "normal",
            }
        ],
    )
    write_picture(folder / "normal" / "b.png")
    write_picture(folder / "benign" / "c.png")
    with pytest.raises(DatasetError, match=r"id 'normal/b\.png'"):
        prepared(folder, format_name="folder", task="three-class")


PATCHES = PreprocessSpec("squares", (), 16, 16, working_height=None, scale=ScaleSpec(1.0))


def test_patches_are_lesions_and_background_beside_them(manifest: Path) -> None:
    plan = PatchPlan(16, margin=0.2, background=1.0)
    data = prepared(manifest, spec=PATCHES, patches=plan)
    assert data.images.shape[1:] == (16, 16)
    lesions = data.index[data.index["class"] == "cancer"]
    others = data.index[data.index["class"] == "negative"]
    assert len(lesions) == 8
    assert 8 < len(others) <= 16
    assert data.index["image_id"].is_unique
    assert set(data.index["patient_id"]) == {f"p{n}" for n in range(8)}
    for _, row in lesions.iterrows():
        mask = lesion_mask(from_json(row["findings"]), (16, 16), row["to_source"])
        assert mask[8, 8]


def test_background_squares_hold_no_lesion(manifest: Path) -> None:
    plan = PatchPlan(16, background=3.0)
    data = prepared(manifest, spec=PATCHES, patches=plan)
    own = {
        row["path"]: from_json(row["findings"])
        for _, row in data.index.iterrows()
        if row["class"] == "cancer"
    }
    beside = data.index[(data.index["label"] == "background") & data.index["path"].isin(own)]
    assert len(beside)
    for _, row in beside.iterrows():
        assert not lesion_mask(own[row["path"]], (16, 16), row["to_source"]).any()


def test_a_lesion_larger_than_the_square_is_shrunk_into_it(manifest: Path) -> None:
    rows = [
        {**row, "finding_radius": 15 if row["finding_kind"] else ""}
        for row in manifest_rows(manifest)
    ]
    write_table(manifest / "manifest.csv", rows)
    data = prepared(manifest, spec=PATCHES, patches=PatchPlan(16, margin=0.1, background=0.0))
    for _, row in data.index.iterrows():
        mask = lesion_mask(from_json(row["findings"]), (16, 16), row["to_source"])
        assert mask.sum() == pytest.approx(np.pi * (15 / 2.25) ** 2, rel=0.15)
        assert not mask[0].any()


def test_checksums_are_those_of_the_files(manifest: Path) -> None:
    data = prepared(manifest)
    for name, digest in data.info.checksums.items():
        assert checksum(data.path / name) == digest


def test_progress_tells_rate_and_time_left(manifest: Path) -> None:
    seen: list[Progress] = []
    prepare_dataset(request_for(manifest), workers=1, watch=seen.append)
    assert (seen[0].done, seen[0].total) == (0, 16)
    assert (seen[-1].done, seen[-1].total) == (16, 16)
    found = read_progress(paths.datasets() / "set")
    assert found
    assert (found.state, found.done, found.share) == (PrepareState.FINISHED, 16, 1.0)
    assert found.per_second > 0
