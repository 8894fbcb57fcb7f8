"""Whether a long worklist fits in memory: many large files, read one after another.

    python -m bench.worklist [--files 200] [--rows 4000] [--columns 3000]

Each file is a 16-bit PNG of its own, made when its turn comes. Printed is the
resident memory of this process and of those that decode, before, at its highest, and after.
"""

import argparse
import os
import time
from functools import partial

import cv2
import numpy as np
import psutil

from core.services import catalogue, inference, worklist
from core.services.gathering import Item

MEGABYTE = 1_000_000


def picture(rows: int, columns: int, number: int) -> bytes:
    """A breast-like half disk with grain, 16 bits, as PNG."""
    draw = np.random.default_rng(number)
    down, across = np.mgrid[:500, :375]
    inside = (down - 250) ** 2 / 200**2 + across**2 / (220 + number % 60) ** 2 < 1
    grain = cv2.GaussianBlur(draw.random((500, 375)).astype(np.float32), (0, 0), 3)
    small = np.where(inside, 20_000 + 25_000 * grain, 0).astype(np.float32)
    full = cv2.resize(small, (columns, rows), interpolation=cv2.INTER_CUBIC)
    grey = np.clip(full, 0, 65535).astype(np.uint16)
    return bytes(cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def resident() -> float:
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total / MEGABYTE


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--columns", type=int, default=3000)
    chosen = parser.parse_args()
    model = catalogue.bundles("image")[0].name
    inference.get(model)
    make = partial(picture, chosen.rows, chosen.columns)
    worklist.read(Item("first", lambda: make(0)), model)  # what is loaded once is loaded now
    before, start = resident(), time.perf_counter()
    items = [Item(f"{n}.png", partial(make, n)) for n in range(chosen.files)]
    found, highest = worklist.start(items, model), before
    while found.task.going:
        highest = max(highest, resident())
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    print("| files | seconds each | before | highest | after | read |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(
        f"| {chosen.files} of {chosen.rows} x {chosen.columns} | {seconds / chosen.files:.2f} "
        f"| {before:.0f} MB | {highest:.0f} MB | {resident():.0f} MB | {len(found.rows)} |"
    )


if __name__ == "__main__":
    main()
