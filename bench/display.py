"""What a window, a stretch or a polarity does to a model's answer about single files.

    python -m bench.display MODEL FILE...

The changes are those of `bench.shifts`, made to what the file shows; besides, its stored
values without the window of its header, and the file as 640 x 640 pixels shrunk without
smoothing, as the images that the model for screening learned from had been.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench.shifts import CHANGES, changed
from core.domain.images import Mammogram, Pixels
from core.domain.preprocess import PreprocessSpec
from core.evaluation.calibration import to_probabilities
from core.preprocessing.pipeline import decode_for, prepare
from core.services import catalogue, inference
from core.services.fitting import positive_score

SIDE = 640


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("model")
    parser.add_argument("files", nargs="+", type=Path)
    args = parser.parse_args()
    card, network = catalogue.bundle(args.model).card, inference.get(args.model)
    classes = tuple(one.name for one in card.classes)
    answers: dict[str, list[str]] = {}
    for file in args.files:
        for name, pixels in _shown(file, card.preprocessing):
            logits, _ = network.explain(pixels[None, ..., None], None)
            shares = to_probabilities(np.asarray(logits) / card.calibration.temperature)
            score = positive_score(shares, classes)[0]
            answers.setdefault(name, []).append(f"{score:.3f}")
    print(f"| shown | {' | '.join(file.name for file in args.files)} |")
    print("| --- |" + " --- |" * len(args.files))
    for name, found in answers.items():
        print(f"| {name} | {' | '.join(found)} |")
    print(f"\nThe decision line is at {card.operating_point.threshold:.3f}.")


def _shown(file: Path, spec: PreprocessSpec) -> Iterator[tuple[str, Pixels]]:
    image = decode_for(file, spec)
    for name, change in CHANGES.items():
        yield name, prepare(changed(image, change), spec).pixels
    stored: Mammogram = decode_for(file, replace(spec, voi=False))
    yield "stored values, without its window", prepare(stored, spec).pixels
    yield (
        f"shrunk to {SIDE} x {SIDE} without smoothing",
        prepare(changed(image, _shrunk), spec).pixels,
    )


def _shrunk(pixels: Pixels) -> Pixels:
    small = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(small, np.float32)


if __name__ == "__main__":
    main()
