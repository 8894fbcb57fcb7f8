"""On what share of a folder's images polarity and breast are found plausibly.

    python bench/segmentation.py --data DIR [--sheet FILE.png] [--limit N]

Without truth to compare with, each result is checked for what a breast must be: one
smooth region of a likely size, brighter than what lies around it, with no tissue left
outside and no air inside. `--sheet` draws every outline for the eye, which decides in
the end. Without --data the folder named by MAMMOLENS_REAL_DATA is used.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.errors import ImageError
from core.preprocessing.decoding import decode
from core.preprocessing.film import air_shares, thumbnail
from core.preprocessing.frame import Frame, Mask
from core.preprocessing.steps import STEPS

ENDINGS = {".dcm", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pgm", ".bmp"}
TILE, ACROSS = 96, 24
WANTED = 0.98


def images(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in ENDINGS)


def segmented(path: Path) -> Frame:
    mammogram = decode(path, working_height=512)
    shape = mammogram.pixels.shape
    frame = Frame(mammogram.pixels, mammogram.facts, (shape[0], shape[1]), mammogram.to_source)
    frame = STEPS.load("fix_polarity")(frame)
    return STEPS.load("segment_breast")(frame, blacken=False)


def doubts(frame: Frame) -> list[str]:
    """What speaks against a result; nothing for a plausible one."""
    small = thumbnail(frame.pixels)
    mask = _resized(frame.mask, small.shape)
    if mask.all():
        return ["no air found"]
    inside, outside = small[mask], small[~_grown(mask)]
    air = float(np.median(outside)) if outside.size else 0.0
    dark, bright = air_shares(small)
    found = {
        "air is white": bright > dark,
        f"area {mask.mean():.0%}": not 0.03 < mask.mean() < 0.92,
        "not brighter than around it": np.median(inside) < air + 0.05,
        "air inside": (inside < air + 0.02).mean() > 0.12,
        "tissue outside": _largest_bright(small, mask, air) > 0.15 * mask.mean(),
        "ragged outline": _raggedness(mask) > 1.6,
    }
    return [name for name, holds in found.items() if holds]


def _resized(mask: Mask | None, shape: tuple[int, ...]) -> Mask:
    if mask is None:
        return np.ones(shape, bool)
    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(mask.astype(np.float32), size) >= 0.5)


def _grown(mask: Mask) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)


def _largest_bright(small: NDArray[np.float32], mask: Mask, air: float) -> float:
    """The largest patch outside that is well above air, as a share of the image."""
    left = ((small > air + 0.15) & ~_grown(mask)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(left)
    return float(stats[1:, cv2.CC_STAT_AREA].max() / small.size) if count > 1 else 0.0


def _raggedness(mask: Mask) -> float:
    """The outline's length beside that of its convex hull."""
    outlines, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    longest = max(outlines, key=cv2.contourArea)
    return float(cv2.arcLength(longest, True) / cv2.arcLength(cv2.convexHull(longest), True))


def tile(frame: Frame, doubtful: bool) -> NDArray[Any]:
    shape = (TILE, TILE)
    grey = np.rint(255 * np.sqrt(cv2.resize(frame.pixels, shape, interpolation=cv2.INTER_AREA)))
    drawn: NDArray[Any] = cv2.cvtColor(grey.astype(np.uint8), cv2.COLOR_GRAY2BGR)
    mask = _resized(frame.mask, shape).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(drawn, outlines, -1, (0, 0, 255) if doubtful else (0, 255, 255), 1)
    return drawn


def sheet(tiles: list[NDArray[Any]]) -> NDArray[Any]:
    blank = np.zeros((TILE, TILE, 3), np.uint8)
    full = tiles + [blank] * (-len(tiles) % ACROSS)
    rows = [np.hstack(full[at : at + ACROSS]) for at in range(0, len(full), ACROSS)]
    return np.vstack(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=os.environ.get("MAMMOLENS_REAL_DATA"))
    parser.add_argument("--sheet", type=Path, help="draw all outlines into this PNG")
    parser.add_argument("--limit", type=int, help="measure this many images, spread over all")
    chosen = parser.parse_args()
    if chosen.data is None or not Path(chosen.data).is_dir():
        print("No folder of images: give one with --data. Nothing was measured.")
        return 0
    paths = list(images(Path(chosen.data)))
    if chosen.limit and len(paths) > chosen.limit:
        paths = [paths[at] for at in np.linspace(0, len(paths) - 1, chosen.limit).astype(int)]
    return report(paths, chosen.sheet)


def report(paths: list[Path], drawing: Path | None) -> int:
    tiles, good, read = [], 0, 0
    for path in paths:
        try:
            frame = segmented(path)
        except ImageError as fault:
            print(f"{path.name}: {fault}")
            continue
        found = doubts(frame)
        read, good = read + 1, good + (not found)
        if found:
            print(f"{path.name}: {', '.join(found)}")
        if drawing:
            tiles.append(tile(frame, bool(found)))
    if drawing and tiles:
        cv2.imwrite(str(drawing), sheet(tiles))
    print(f"{good} of {read} images plausible ({good / max(1, read):.1%}); wanted {WANTED:.0%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
