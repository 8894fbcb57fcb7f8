"""The DDSM patches of Kaggle: TFRecord files for training, arrays for test and validation.

Patches of 299 pixels, several empty ones to each that shows a lesion, each lesion
cropped three times, nothing that says whose breast it is. The test array holds masses
alone and the validation array calcifications alone.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.cases import FindingKind, Pathology
from core.phantom.config import PhantomConfig, stream
from core.phantom.layouts._files import enclosing_circle
from core.phantom.layouts._layout import Rows
from core.phantom.layouts._tfrecord import example, framed
from core.phantom.png import grey8
from core.phantom.render import VIEWS, PhantomImage

SIDE_PIXELS = 299
CROPS = 3
EMPTY_PER_IMAGE = 15
PARTS = 5
HELD_OUT_SHARE = 0.2
LOWEST_HEIGHT = 1024
LEAST_BREAST = 0.6  # of an empty patch
WAITING = ".patches"
KINDS = {
    (FindingKind.CALCIFICATION, False): 1,
    (FindingKind.MASS, False): 2,
    (FindingKind.CALCIFICATION, True): 3,
    (FindingKind.MASS, True): 4,
}
Patch = NDArray[np.uint8]


class TfrecordLayout:
    def config(self, config: PhantomConfig) -> PhantomConfig:
        return replace(config, machine="film", height=max(config.height, LOWEST_HEIGHT))

    def patient_bytes(self, config: PhantomConfig) -> int:
        """Twice, since patches wait in a file before they are dealt out."""
        return 2 * len(VIEWS) * (EMPTY_PER_IMAGE + CROPS) * SIDE_PIXELS**2

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows:
        """Patches wait in a file until the order of all is known."""
        rng = stream(config.seed, index, "patches")
        held_out = bool(rng.random() < HELD_OUT_SHARE)
        found = [pair for image in images for pair in _patches(image, rng)]
        waiting = out / WAITING / f"{index}.npy"
        waiting.parent.mkdir(exist_ok=True)
        np.save(waiting, np.array([patch for _, patch in found], np.uint8))
        return [
            {"label": label, "file": str(waiting), "place": place, "held_out": held_out}
            for place, (label, _) in enumerate(found)
        ]

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None:
        rng = stream(config.seed, "order")
        pooled = [row for patient in rows for row in patient]
        pooled = [pooled[place] for place in rng.permutation(len(pooled))]
        training = [row for row in pooled if not row["held_out"]]
        for part in range(PARTS):
            _records(training[part::PARTS], out / f"training10_{part}")
        held_out = [row for row in pooled if row["held_out"]]
        empty = [row for row in held_out if row["label"] == 0]
        _arrays([r for r in held_out if r["label"] in (2, 4)] + empty[0::2], out, "test10", rng)
        _arrays([r for r in held_out if r["label"] in (1, 3)] + empty[1::2], out, "cv10", rng)
        shutil.rmtree(out / WAITING, ignore_errors=True)


LAYOUT = TfrecordLayout()


def _patches(image: PhantomImage, rng: np.random.Generator) -> Iterator[tuple[int, Patch]]:
    film = grey8(image)
    for lesion, mask in zip(image.lesions, image.masks, strict=True):
        malignant = lesion.pathology is Pathology.MALIGNANT
        label = KINDS.get((lesion.sort.kind, malignant), 4 if malignant else 2)
        for _ in range(CROPS):
            # Brightened to its own maximum, as the two sources of that set differ.
            patch = _cut(film, *_near(mask, rng))
            bright = 255 / max(int(patch.max()), 1)
            yield label, np.asarray(np.round(patch * bright), dtype=np.uint8)
    for corner in _empty(image, rng):
        yield 0, _cut(film, *corner)


def _near(mask: NDArray[np.bool_], rng: np.random.Generator) -> tuple[int, int]:
    x, y, _ = enclosing_circle(mask)
    shift = rng.uniform(-0.2, 0.2, 2) * SIDE_PIXELS
    return round(y + shift[0] - SIDE_PIXELS / 2), round(x + shift[1] - SIDE_PIXELS / 2)


def _empty(image: PhantomImage, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Places mostly inside the breast where no finding is touched."""
    findings = np.any([np.zeros_like(image.breast), *image.masks], axis=0)
    rows, columns = (length - SIDE_PIXELS for length in image.breast.shape)
    found = 0
    for _ in range(EMPTY_PER_IMAGE * 10):
        corner = int(rng.integers(rows)), int(rng.integers(columns))
        filled = _cut(image.breast, *corner).mean() >= LEAST_BREAST
        if found < EMPTY_PER_IMAGE and filled and not _cut(findings, *corner).any():
            found += 1
            yield corner


def _cut(film: NDArray[Any], row: int, column: int) -> NDArray[Any]:
    """The window is moved into the film where it would leave it."""
    row = min(max(row, 0), film.shape[0] - SIDE_PIXELS)
    column = min(max(column, 0), film.shape[1] - SIDE_PIXELS)
    return film[row : row + SIDE_PIXELS, column : column + SIDE_PIXELS]


def _patch(row: dict[str, Any]) -> Patch:
    return np.asarray(np.load(row["file"], mmap_mode="r")[row["place"]])


def _records(rows: Rows, folder: Path) -> None:
    folder.mkdir(parents=True)
    with (folder / f"{folder.name}.tfrecords").open("wb") as file:
        for row in rows:
            image, label = _patch(row).tobytes(), row["label"]
            features = {"image": image, "label": label, "label_normal": int(label > 0)}
            file.write(framed(example(features)))


def _arrays(rows: Rows, out: Path, name: str, rng: np.random.Generator) -> None:
    shape = (len(rows), SIDE_PIXELS, SIDE_PIXELS, 1)
    images, labels = np.zeros(shape, np.uint8), np.zeros(len(rows), np.int64)
    for place, number in enumerate(rng.permutation(len(rows))):
        images[place, :, :, 0], labels[place] = _patch(rows[number]), rows[number]["label"]
    folder = out / f"{name}_data"
    folder.mkdir()
    np.save(folder / f"{name}_data.npy", images)
    np.save(out / f"{name}_labels.npy", labels)
