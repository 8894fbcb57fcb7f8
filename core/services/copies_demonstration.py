"""What rotated copies do to a figure: one classifier, one set, two ways to split it.

Every image is stored several times, rotated, as published sets were. A random split puts
copies of one image on both sides, and a classifier that only recognises images it has
seen looks excellent. The copies are then searched for, as if nobody had told, and kept
together.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.datasets.leakage.check import Watcher, pixel_aspects
from core.datasets.leakage.search import groups, search
from core.datasets.prepared import open_prepared
from core.errors import InputError
from core.phantom import PhantomConfig, patient

PHANTOM = PhantomConfig(seed=23, patients=30, height=320)
SIDE = 24
TEST_SHARE, SEEDS, MOST_IMAGES, FEWEST_IMAGES = 0.25, 10, 400, 20
Image = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Labelled:
    """Images with a label each; `aspect` is a pixel's height by its width."""

    images: list[Image]
    aspects: list[float]
    labels: Ints

    def __len__(self) -> int:
        return len(self.images)

    def image(self, number: int) -> Image:
        return self.images[number]

    def aspect(self, number: int) -> float:
        return self.aspects[number]


def demonstrate(
    dataset: str | None = None,
    *,
    copies: int = 8,
    threads: int = 2,
    watch: Watcher = lambda stage, done, total: None,
) -> dict[str, Any]:
    """Accuracy with copies on both sides of a random split, and with copies kept together."""
    originals = _prepared(dataset) if dataset else _phantoms()
    if len(originals) < FEWEST_IMAGES or len(np.unique(originals.labels)) < 2:
        raise InputError(
            f"The demonstration needs {FEWEST_IMAGES} images of two classes; {dataset!r} has "
            f"{len(originals)} of {len(np.unique(originals.labels))}."
        )
    stored = _rotated(originals, copies)
    found = np.arange(len(stored))
    for members in groups(search(stored, threads=threads, watch=watch)):
        found[members] = members[0]
    together = found.reshape(-1, copies)
    table = np.stack([features(image) for image in stored.images])
    return {
        "dataset": dataset or "synthetic mammograms",
        "images": len(originals),
        "copies": copies,
        "commonest_class": float(np.bincount(originals.labels).max() / len(originals)),
        "brought_together": float((together == together[:, :1]).all(axis=1).mean()),
        "random_split": _accuracies(table, stored.labels, np.arange(len(stored))),
        "copies_together": _accuracies(table, stored.labels, found),
    }


def _phantoms() -> Labelled:
    made = [view for number in range(PHANTOM.patients) for view in patient(PHANTOM, number)]
    labels = np.array([view.case.pathology != "normal" for view in made], np.int64)
    return Labelled([np.asarray(v.pixels, np.float32) for v in made], [1.0] * len(made), labels)


def _prepared(name: str) -> Labelled:
    data = open_prepared(name)
    rows = np.random.default_rng(0).permutation(len(data.index))[:MOST_IMAGES]
    images = [np.asarray(data.images[row], np.float32) / np.float32(data.scale) for row in rows]
    aspects = pixel_aspects(data.index)[rows].tolist()
    return Labelled(images, aspects, np.asarray(data.targets[rows], np.int64))


def _rotated(originals: Labelled, copies: int) -> Labelled:
    """Each image rotated by equal steps of a full turn, the first copy being itself."""
    angles = np.arange(copies) * 360 / copies
    return Labelled(
        [_turned(image, angle) for image in originals.images for angle in angles],
        [aspect for aspect in originals.aspects for _ in angles],
        np.repeat(originals.labels, copies),
    )


def _turned(image: Image, degrees: float) -> Image:
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(degrees), 1)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height)), np.float32)


def features(image: Image) -> Floats:
    """Brightness around the middle by distance and direction, whichever way up it is."""
    small = cv2.resize(image, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_AREA)
    centre = (SIDE - 0.5, SIDE - 0.5)
    polar = cv2.warpPolar(small, (SIDE, 2 * SIDE), centre, SIDE, cv2.INTER_LINEAR)
    waves = np.abs(np.fft.rfft(polar, axis=0))[:12]
    values = np.asarray(waves.ravel(), np.float64)
    return np.asarray((values - values.mean()) / (values.std() + 1e-9), np.float64)


def _accuracies(table: Floats, labels: Ints, owners: Ints) -> dict[str, float]:
    """Over several draws of what is held out, with everything that belongs to it."""
    names, values = np.unique(owners), []
    for seed in range(SEEDS):
        drawn = np.random.default_rng(seed).permutation(names)
        test = np.isin(owners, drawn[: max(1, round(TEST_SHARE * len(names)))])
        values.append(_nearest(table, labels, test))
    return {"accuracy": float(np.mean(values)), "deviation": float(np.std(values))}


def _nearest(table: Floats, labels: Ints, test: NDArray[np.bool_]) -> float:
    """How often the most alike training image has the same label."""
    known, asked = table[~test], table[test]
    distances = (known**2).sum(axis=1) - 2 * asked @ known.T
    return float((labels[~test][distances.argmin(axis=1)] == labels[test]).mean())
