"""How quickly phantoms are made, and how close their texture is to measured breasts.

    python bench/phantom.py [--patients N] [--json]
    python bench/phantom.py --pictures docs/images

Speed is counted in processor time of one core, so that a busy machine does not lengthen
it. The exponent is that of the radial power spectrum inside normal breasts; about 3 is
what has been measured on real ones. The second form draws the pictures of the guide.
"""

import argparse
import itertools
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.domain.cases import Pathology, Side, View
from core.phantom import SYNTAXES, PhantomConfig, PhantomImage, dicom_bytes, image, patient
from core.phantom.looks import LOOKS
from core.phantom.plan import SORTS

TARGET = 5.0
CYCLES_PER_MM = (0.1, 0.7)
WINDOW_MM = 45.0
Grey = NDArray[np.uint8]


def speed(patients: int) -> dict[str, float]:
    config = PhantomConfig(seed=2)
    patient(config, 0)
    started = time.process_time()
    images = [one for index in range(1, patients + 1) for one in patient(config, index)]
    figures = {"rendered": len(images) / (time.process_time() - started)}
    for syntax in SYNTAXES:
        started = time.process_time()
        for one in images[:4]:
            dicom_bytes(one, syntax=syntax)
        figures[f"stored as {syntax}"] = 4 / (time.process_time() - started)
    return {name: round(value, 1) for name, value in figures.items()}


def exponents(patients: int) -> dict[str, float]:
    """Median over normal breasts, for each machine."""
    found: dict[str, float] = {}
    for machine in LOOKS:
        config = PhantomConfig(seed=9, machine=machine, prevalence={Pathology.NORMAL: 1.0})
        views = (image(config, index, Side.LEFT, View.CC) for index in range(patients))
        usable = [one for one in views if not one.case.metadata.implant]
        found[machine] = round(median(exponent(one) for one in usable), 2)
    return found


def exponent(one: PhantomImage) -> float:
    """The slope of the radial power spectrum on doubly logarithmic axes, turned positive."""
    inside = _window(one)
    taper = np.outer(np.hanning(inside.shape[0]), np.hanning(inside.shape[1]))
    power = np.abs(np.fft.fft2((inside - inside.mean()) * taper)) ** 2
    axis = np.fft.fftfreq(inside.shape[0], one.spacing_mm)
    frequency = np.hypot(*np.meshgrid(axis, axis))
    bounds = itertools.pairwise(np.geomspace(*CYCLES_PER_MM, 12))
    rings = [(frequency >= low) & (frequency < high) for low, high in bounds]
    kept = [ring for ring in rings if ring.any()]
    x = np.log([frequency[ring].mean() for ring in kept])
    y = np.log([power[ring].mean() for ring in kept])
    return -float(np.polyfit(x, y, 1)[0])


def _window(one: PhantomImage) -> NDArray[np.float32]:
    half = round(WINDOW_MM / one.spacing_mm / 2)
    room = (one.breast & ~one.pectoral).astype(np.uint8)
    kernel = np.ones((2 * half + 1, 2 * half + 1), np.uint8)
    free = cv2.erode(room, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    rows, columns = np.nonzero(free)
    row, column = rows[rows.size // 2], columns[columns.size // 2]
    return one.pixels[row - half : row + half, column - half : column + half]


def pictures(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        "views": _views(),
        "findings": _findings(),
        "densities": _densities(),
        "machines": _machines(),
    }
    paths = [folder / f"phantom-{name}.png" for name in drawn]
    for path, picture in zip(paths, drawn.values(), strict=True):
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return paths


def _views() -> Grey:
    """A patient's four views as they are hung, the truth outlined."""
    images = patient(PhantomConfig(seed=13), 4)
    return np.hstack([_small(images[place], 190, truth=True) for place in (2, 0, 3, 1)])


def _findings() -> Grey:
    """A typical example of each sort of finding, 47 mm wide."""
    found: dict[str, Grey] = {}
    config = PhantomConfig(seed=3, machine="49")
    for index in range(200):
        for one in patient(config, index)[::2]:
            for lesion, mask in zip(one.lesions, one.masks, strict=True):
                if abs(lesion.plainness - 0.5) < 0.15 and lesion.sort.name not in found:
                    found[lesion.sort.name] = _crop(one, mask)
        if len(found) == len(SORTS):
            break
    tiles = [found[sort.name] for sort in SORTS]
    return np.vstack([np.hstack(tiles[start : start + 4]) for start in range(0, 12, 4)])


def _crop(one: PhantomImage, mask: NDArray[np.bool_]) -> Grey:
    half = round(23.5 / one.spacing_mm)
    row, column = (np.argwhere(mask).mean(axis=0) + half).astype(int)
    padded = np.pad(one.pixels, half)
    part = padded[row - half : row + half, column - half : column + half]
    return np.asarray(cv2.resize(_eight_bits(part), (132, 132), interpolation=cv2.INTER_AREA))


def _densities() -> Grey:
    """Breasts of density A, B, C and D."""
    found: dict[str, Grey] = {}
    config = PhantomConfig(seed=17, machine="49", prevalence={Pathology.NORMAL: 1.0})
    for index in range(60):
        one = image(config, index, Side.LEFT, View.CC)
        if not one.case.metadata.implant:
            found.setdefault(one.case.metadata.density or "", _small(one, 180))
    return np.hstack([found[letter] for letter in "ABCD"])


def _machines() -> Grey:
    """One breast on every machine."""
    return np.hstack(
        [
            _small(image(PhantomConfig(seed=8, machine=machine), 1, Side.LEFT, View.MLO), 130)
            for machine in LOOKS
        ]
    )


def _small(one: PhantomImage, width: int, *, truth: bool = False) -> Grey:
    height = round(width * one.pixels.shape[0] / one.pixels.shape[1])
    grey = np.asarray(
        cv2.resize(_eight_bits(one.pixels), (width, height), interpolation=cv2.INTER_AREA)
    )
    for mask in one.masks if truth else ():
        shrunk = cv2.resize(mask.astype(np.uint8), (width, height))
        around = cv2.dilate(shrunk, np.ones((5, 5), np.uint8))
        edges, _ = cv2.findContours(around, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(grey, edges, -1, 255, 1)
    return grey


def _eight_bits(pixels: NDArray[np.float32]) -> Grey:
    return np.asarray(np.round(pixels * 255), dtype=np.uint8)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--patients", type=int, default=8)
    parser.add_argument("--pictures", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.pictures:
        print("\n".join(str(path) for path in pictures(args.pictures)))
        return 0
    document: dict[str, Any] = {
        "images per second and core": speed(args.patients),
        "spectral exponent": exponents(args.patients),
    }
    if args.json:
        print(json.dumps(document, indent=2))
        return 0
    for title, figures in document.items():
        print(title)
        print("".join(f"  {name:24s} {value:8.2f}\n" for name, value in figures.items()))
    rendered = document["images per second and core"]["rendered"]
    verdict = "Met" if rendered >= TARGET else "Missed"
    print(f"Target: {TARGET:.0f} images per second and core. {verdict}.")
    return 0 if rendered >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
