"""How fast images come ready for a step, beside Keras's old generator on PNG files.

Ours reads a prepared dataset (decoded and resized once) and draws the augmentation;
theirs decodes, resizes and augments 640-pixel PNG files each time. The memory of the
process is watched over epochs of a dataset that grows.

    python bench/input_pipeline.py [--rounds 5] [--json]
"""

import argparse
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.domain.training import Augmentation, TrainConfig
from core.training.pipeline import Feed
from core.training.rows import RowReader
from core.training.sampler import shuffled

SIZE, BATCH, FILES, FILE_SIZE = 244, 16, 192, 640
MILD = Augmentation(flip=True, rotation=10, shift=0.05, zoom=0.1, shear=0.1)
LEAST_RATIO = 20


def ours(images: Any, epoch: int) -> float:
    """Images a second, from disk to arrays and draws."""
    count = len(images)
    targets = np.zeros(count, np.int64)
    config = TrainConfig(dataset="bench", batch_size=BATCH)
    with RowReader(images) as reader:
        feed = Feed(reader, targets, np.ones(1, np.float32), augmentation=MILD)
        began = time.perf_counter()
        for _ in feed.epoch(shuffled(np.arange(count), targets, config, epoch), epoch):
            pass
        return count / (time.perf_counter() - began)


def theirs(batches: Iterator[Any]) -> float:
    began = time.perf_counter()
    for _ in range(FILES // BATCH):
        next(batches)
    return FILES / (time.perf_counter() - began)


def _generator(folder: Path) -> Iterator[Any]:
    """As system D used it."""
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=10,
        width_shift_range=0.05,
        height_shift_range=0.05,
        zoom_range=0.1,
        shear_range=0.1,
        horizontal_flip=True,
        fill_mode="nearest",
    )
    found: Iterator[Any] = generator.flow_from_directory(
        folder, target_size=(SIZE, SIZE), color_mode="grayscale", batch_size=BATCH
    )
    return found


def _files(folder: Path) -> None:
    """Smooth pictures with grain, which compress about as mammograms do."""
    random = np.random.default_rng(0)
    for number in range(FILES):
        place = folder / f"class{number % 4}"
        place.mkdir(exist_ok=True)
        grain = cv2.GaussianBlur(random.normal(110, 400, (FILE_SIZE, FILE_SIZE)), (0, 0), 4)
        picture = (grain + random.normal(0, 2, grain.shape)).clip(0, 255).astype(np.uint8)
        picture[:, FILE_SIZE // 2 :] = 0
        cv2.imwrite(str(place / f"{number}.png"), picture)


def memory(folder: Path, images: int) -> float:
    """Megabytes the process grows by in three epochs over this many images."""
    file = folder / f"many{images}.npy"
    array = np.lib.format.open_memmap(file, "w+", np.uint8, (images, SIZE, SIZE))
    array[:] = 7
    del array
    before = psutil.Process().memory_info().rss
    stored = np.load(file, mmap_mode="r")
    for epoch in range(3):
        ours(stored, epoch)
    grown = psutil.Process().memory_info().rss - before
    file.unlink()
    return grown / 1e6


def measure(rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "png").mkdir()
        _files(folder / "png")
        np.save(folder / "images.npy", np.zeros((4000, SIZE, SIZE), np.uint8))
        images, batches = np.load(folder / "images.npy", mmap_mode="r"), _generator(folder / "png")
        ours(images, 0), theirs(batches)
        pairs = [(ours(images, number), theirs(batches)) for number in range(rounds)]
        grown = {f"{count} images": round(memory(folder, count), 1) for count in (2000, 8000)}
    return {
        "ours_per_second": round(median(mine for mine, _ in pairs)),
        "theirs_per_second": round(median(other for _, other in pairs)),
        "ratio": round(median(mine / other for mine, other in pairs), 1),
        "memory_growth_mb": grown,
    }


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = measure(args.rounds)
    if args.json:
        print(json.dumps(found, indent=2))
        return
    print(f"ours    {found['ours_per_second']:8d} images/s")
    print(f"theirs  {found['theirs_per_second']:8d} images/s (ImageDataGenerator on PNG)")
    print(f"ratio   {found['ratio']:8.1f}  target {LEAST_RATIO}")
    print(f"memory grows by (MB, three epochs): {found['memory_growth_mb']}")


if __name__ == "__main__":
    main()
