"""How many copies the leakage check finds, how many of its finds are copies, and how long it takes.

Copies are made as published sets were augmented: turned, mirrored, rotated by any angle,
cropped, rescaled, recompressed, with other gamma and contrast, with noise, and up to
three of these at once. Everything else in the set, other views of the same patients
included, is no copy. With --dataset the images are those of a prepared dataset.

    python -m bench.leakage [--patients 60] [--copies 200] [--dataset NAME] [--scale 50000]
"""

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.datasets.leakage.check import pixel_aspects
from core.datasets.leakage.search import search
from core.datasets.prepared import open_prepared
from core.phantom import PhantomConfig, patient

Image = NDArray[np.float32]
Change = Callable[[Image, np.random.Generator], Image]


def symmetry(image: Image, rng: np.random.Generator) -> Image:
    kind = int(rng.integers(1, 8))
    turned = np.rot90(image, kind % 4)
    return turned[:, ::-1] if kind >= 4 else turned


def rotate(image: Image, rng: np.random.Generator) -> Image:
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-180, 180), 1)
    size = width, height
    if rng.random() < 0.5:
        cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
        size = int(width * cosine + height * sine), int(width * sine + height * cosine)
        matrix[:, 2] += (np.array(size) - (width, height)) / 2
    return np.asarray(cv2.warpAffine(image, matrix, size), np.float32)


def crop(image: Image, rng: np.random.Generator) -> Image:
    share = rng.uniform(0.7, 0.95)
    height, width = (int(side * share) for side in image.shape)
    top = rng.integers(image.shape[0] - height + 1)
    left = rng.integers(image.shape[1] - width + 1)
    return image[top : top + height, left : left + width]


def rescale(image: Image, rng: np.random.Generator) -> Image:
    factor = rng.uniform(0.5, 1.5)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=way), np.float32)


def recompress(image: Image, rng: np.random.Generator) -> Image:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 90))]
    encoded = cv2.imencode(".jpg", (image * 255).astype(np.uint8), quality)[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    return np.asarray(decoded, np.float32) / np.float32(255)


def gamma(image: Image, rng: np.random.Generator) -> Image:
    return np.asarray(image ** np.exp(rng.uniform(-0.7, 0.7)), np.float32)


def contrast(image: Image, rng: np.random.Generator) -> Image:
    middle = image.mean()
    brighter = rng.uniform(-0.1, 0.1) * (image > 0.02)
    return np.asarray(
        np.clip((image - middle) * rng.uniform(0.6, 1.5) + middle + brighter, 0, 1), np.float32
    )


def noise(image: Image, rng: np.random.Generator) -> Image:
    return np.clip(image + rng.normal(0, rng.uniform(0.01, 0.05), image.shape), 0, 1)


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (symmetry, rotate, crop, rescale, recompress, gamma, contrast, noise)
}


@dataclass(frozen=True)
class Pictures:
    images: list[Image]
    aspects: list[float]

    def __len__(self) -> int:
        return len(self.images)

    def image(self, number: int) -> Image:
        return self.images[number]

    def aspect(self, number: int) -> float:
        return self.aspects[number]


def phantoms(patients: int) -> tuple[list[Image], list[float], list[str]]:
    config = PhantomConfig(seed=23, patients=patients, height=320)
    made = [view for number in range(patients) for view in patient(config, number)]
    owners = [view.case.patient_id for view in made]
    return [np.asarray(view.pixels, np.float32) for view in made], [1.0] * len(made), owners


def prepared(name: str, most: int) -> tuple[list[Image], list[float], list[str]]:
    data = open_prepared(name)
    chosen = np.random.default_rng(0).permutation(len(data.index))[:most]
    images = [np.asarray(data.images[row], np.float32) / np.float32(data.scale) for row in chosen]
    aspects = pixel_aspects(data.index)[chosen].tolist()
    return images, aspects, data.index["patient_id"].to_numpy()[chosen].tolist()


def changed(image: Image, names: list[str], rng: np.random.Generator) -> Image:
    for name in names:
        image = np.ascontiguousarray(CHANGES[name](image, rng), np.float32)
    return image


def measure(
    base: tuple[list[Image], list[float], list[str]], kinds: list[str], most: int, threads: int
) -> str:
    """Repeated exposures of one view are nearly copies: counted apart, by patient."""
    images, aspects, owners = base
    rng = np.random.default_rng(1)
    chosen = rng.permutation(len(images))[:most].tolist()
    copies = []
    for source in chosen:
        drawn = kinds or rng.choice([*CHANGES], int(rng.integers(1, 4)), replace=False).tolist()
        copies.append(changed(images[source], drawn, rng))
    pictures = Pictures([*images, *copies], [*aspects, *(aspects[one] for one in chosen)])
    started = time.perf_counter()
    found = {(match.one, match.other) for match in search(pictures, threads=threads)}
    seconds = time.perf_counter() - started
    truth = {(len(images) + place, source) for place, source in enumerate(chosen)}
    source_of = [*range(len(images)), *chosen]
    wrong = {(a, b) for a, b in found - truth if source_of[a] != source_of[b]}
    own = sum(owners[source_of[a]] == owners[source_of[b]] for a, b in wrong)
    recall, precision = (
        len(found & truth) / len(truth),
        len(found & truth) / max(1, len(found & truth) + len(wrong)),
    )
    title = " + ".join(kinds) or "up to three at once"
    return (
        f"| {title} | {len(truth)} among {len(pictures)} | {recall:.3f} | {precision:.3f} "
        f"| {own} | {seconds:.0f} s |"
    )


@dataclass(frozen=True)
class Textures:
    """As many different images as asked for, made when looked at, to see what size costs."""

    count: int

    def __len__(self) -> int:
        return self.count

    def aspect(self, number: int) -> float:
        return 1.0

    def image(self, number: int) -> NDArray[np.uint8]:
        height, width = 192, 152
        down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
        slope = np.maximum(np.hypot(down, across), 1 / height) ** -1.5
        white = np.random.default_rng(number).standard_normal((height, width))
        texture = np.fft.irfft2(np.fft.rfft2(white) * slope, (height, width))
        y, x = np.mgrid[:height, :width]
        inside = (x / width) ** 2 + ((y - height / 2) / (height / 2)) ** 2 < 0.9
        grey = (texture - texture.mean()) / texture.std() * 0.15 + 0.5
        return np.asarray(np.clip(grey * 255, 0, 255) * inside, np.uint8)


def scale(count: int, threads: int) -> str:
    wall, work = time.perf_counter(), time.process_time()
    found = search(Textures(count), threads=threads)
    wall, work = time.perf_counter() - wall, time.process_time() - work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return (
        f"{count} different images on {threads} threads: {wall:.0f} s by the clock, {work:.0f} s "
        f"of processor time, {peak:.2f} GB, {len(found)} wrongly taken for copies"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--patients", type=int, default=40)
    parser.add_argument("--copies", type=int, default=120)
    parser.add_argument("--images", type=int, default=1000, help="of a dataset, at most")
    parser.add_argument("--dataset")
    parser.add_argument("--each", action="store_true", help="every change by itself as well")
    parser.add_argument("--scale", type=int, default=0, metavar="N", help="time N images instead")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    if args.scale:
        print(scale(args.scale, args.threads))
        return
    base = prepared(args.dataset, args.images) if args.dataset else phantoms(args.patients)
    print("| change | copies | recall | precision | wrong, same patient | time |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kinds in [[], *([name] for name in CHANGES if args.each)]:
        print(measure(base, kinds, args.copies, args.threads), flush=True)


if __name__ == "__main__":
    main()
