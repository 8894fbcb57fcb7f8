"""The search for copies: whatever was done to a copy, and nothing that only looks alike."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.datasets.copies import known_copies
from core.datasets.leakage.check import leakage, pixel_aspects, searched
from core.datasets.leakage.features import patterns, proportionate
from core.datasets.leakage.search import Match, groups, search
from core.datasets.prepare import prepare_dataset
from core.datasets.prepared import PreparedDataset, open_prepared
from core.datasets.splits import DEFAULT, make_split
from core.domain.cases import Side, View
from core.phantom import PhantomConfig, patient
from tests.datasets.own_sets import manifest_rows, request_for, write_table

Image = NDArray[np.float32]
PATIENTS = 6


class Pictures:
    def __init__(self, images: list[Image]) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def image(self, number: int) -> Image:
        return self.images[number]

    def aspect(self, number: int) -> float:
        return 1.0


@pytest.fixture(scope="module")
def breasts() -> list[Image]:
    """Four views each of a few patients: two breasts, two directions."""
    config = PhantomConfig(seed=11, patients=PATIENTS, height=256)
    found = [view for number in range(PATIENTS) for view in patient(config, number)]
    assert {(one.case.laterality, one.case.view) for one in found} == {
        (side, view) for side in Side for view in (View.CC, View.MLO)
    }
    return [np.ascontiguousarray(one.pixels, np.float32) for one in found]


def rotated(image: Image, degrees: float) -> Image:
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height)), np.float32)


def recompressed(image: Image) -> Image:
    encoded = cv2.imencode(".jpg", (image * 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 50])
    return np.asarray(cv2.imdecode(encoded[1], cv2.IMREAD_GRAYSCALE), np.float32) / 255


def noisy(image: Image) -> Image:
    noise = np.random.default_rng(0).normal(0, 0.02, image.shape)
    return np.clip(image + noise, 0, 1).astype(np.float32)


def cropped(image: Image) -> Image:
    height, width = image.shape
    return image[height // 8 : -height // 8, : width * 7 // 8]


CHANGES: dict[str, Callable[[Image], Image]] = {
    **{f"turned by {90 * n}": (lambda image, n=n: np.rot90(image, n)) for n in (1, 2, 3)},
    **{f"mirrored, turned by {90 * n}": (lambda i, n=n: np.rot90(i[:, ::-1], n)) for n in range(4)},
    "rotated by 37 degrees": lambda image: rotated(image, 37),
    "cropped": cropped,
    "half the size": lambda image: cv2.resize(image, None, fx=0.5, fy=0.5),
    "recompressed": recompressed,
    "darker": lambda image: image**1.8,
    "brighter": lambda image: image**0.6,
    "less contrast": lambda image: image * 0.6 + 0.1 * (image > 0.05),
    "noisy": noisy,
    "exactly": lambda image: image,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_is_found_and_nothing_else(breasts: list[Image], change: str) -> None:
    copies = [np.ascontiguousarray(CHANGES[change](image), np.float32) for image in breasts[::3]]
    matches = search(Pictures([*breasts, *copies]), threads=1)
    found = {(match.one - len(breasts), match.other) for match in matches}
    expected = {(n, 3 * n) for n in range(len(copies))}
    assert found <= expected
    assert len(found) >= len(expected) - 1


def test_views_and_breasts_of_one_patient_are_no_copies(breasts: list[Image]) -> None:
    assert search(Pictures(breasts), threads=1) == []


def test_a_mirrored_copy_is_told_as_mirrored(breasts: list[Image]) -> None:
    mirrored = np.ascontiguousarray(breasts[0][:, ::-1])
    assert [m.mirrored for m in search(Pictures([*breasts[:6], mirrored]), threads=1)] == [True]


def test_patterns_of_a_mirror_image_follow_from_those_of_the_image(breasts: list[Image]) -> None:
    own = patterns(proportionate(breasts[0]))
    other = patterns(proportionate(np.ascontiguousarray(breasts[0][:, ::-1])))
    nearest = np.linalg.norm(own.mirrored[:, None] - other.vectors[None], axis=2).min(axis=1)
    unturned = np.linalg.norm(own.vectors[:, None] - other.vectors[None], axis=2).min(axis=1)
    assert np.median(nearest) < 0.5 * np.median(unturned)


@pytest.mark.parametrize("images", [0, 1, 3])
def test_empty_black_and_single_images_are_no_trouble(images: int) -> None:
    assert search(Pictures([np.zeros((40, 30), np.float32)] * images)) == []


def test_copies_of_copies_are_one_group() -> None:
    pairs = [Match(3, 1, False, 9, 0.9), Match(5, 3, True, 9, 0.9), Match(8, 7, False, 9, 0.9)]
    assert groups(pairs) == [[1, 3, 5], [7, 8]]


@pytest.fixture
def dataset(breasts: list[Image], workspace: Path, tmp_path: Path) -> PreparedDataset:
    """Copies under other patients' names: an augmented set whose patients nobody wrote down."""
    root = tmp_path / "own"
    rows = [{**row} for row in manifest_rows(root, patients=len(breasts))]
    for number, row in enumerate(rows):
        image = breasts[number // 2]
        turned = np.rot90(image) if number % 2 else image
        picture = (np.ascontiguousarray(turned) * 255).astype(np.uint8)
        (root / row["path"]).write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        row |= {"patient_id": f"p{number}", "finding_kind": "", "finding_x": ""}
    write_table(root / "manifest.csv", rows)
    request = request_for(root)
    return prepare_dataset(request_for(root, spec=request.spec.with_size(160, 160)), workers=1)


def test_copies_across_a_split_are_told_and_kept_together_afterwards(
    dataset: PreparedDataset,
) -> None:
    before = leakage(dataset, "default", threads=1)
    assert before["groups"] >= 22
    assert len(before["across"]) > 3
    assert {item["kind"] for item in before["across"]} == {"copies"}
    assert all(len(set(item["parts"])) > 1 for item in before["across"])
    dataset.save_split(*make_split(dataset.index, DEFAULT, known_copies(dataset)))
    assert leakage(dataset, "default", threads=1)["across"] == []


def test_the_search_is_done_once_and_again_when_images_change(dataset: PreparedDataset) -> None:
    stages: list[str] = []
    for _ in range(2):
        leakage(dataset, threads=1, watch=lambda stage, done, total: stages.append(stage))
    assert stages.count("describing") == len(dataset.index)
    assert searched(dataset)
    dataset.info.checksums["images.npy"] = "other"
    assert not searched(dataset)


def test_stretched_images_are_seen_in_their_own_proportions(dataset: PreparedDataset) -> None:
    rows, columns = dataset.index["source_rows"], dataset.index["source_columns"]
    expected = (rows / 160) / (columns / 160)
    assert pixel_aspects(open_prepared("set").index) == pytest.approx(expected, rel=0.03)
