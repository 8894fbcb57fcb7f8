"""How much of an image's finest grain a model should be shown.

    python -m bench.grain RUN DATASET FILE...

The images of DATASET, prepared without smoothing, are smoothed more and more, and so are
the FILEs (DICOM, for instance, whose grain is another). For each: how well a linear answer
on what the network of RUN sees tells the classes, in five folds by patient, and how far
the files lie from the images, beside the farthest hundredth of the images themselves.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench import context
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.preprocess import StepSpec
from core.preprocessing.pipeline import decode_for, prepare
from core.training.epoch_figures import positive_classes
from core.training.reference import describe
from core.training.run_folder import find_run

SIGMAS = (0.0, 1.0, 1.5, 2.5, 4.0)
FOLDS = 5
BATCH = 16
Features = NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("run")
    parser.add_argument("dataset")
    parser.add_argument("files", nargs="+", type=Path)
    args = parser.parse_args()
    dataset = open_prepared(args.dataset)
    spec = dataset.info.spec
    if StepSpec("gaussian") in [replace(step, params={}) for step in spec.steps]:
        raise SystemExit(f"{args.dataset} is smoothed already. Prepare it without that step.")
    sees = _features(find_run(args.run).model_file)
    others = np.stack([prepare(decode_for(file, spec), spec).pixels for file in args.files])
    table = _table(dataset)
    owners = _folds(table)
    names = " | ".join(file.name for file in args.files)
    print(f"| smoothed by | AUC per image (95%) | AUC per breast (95%) | {names} | 99% of images |")
    print("| --- |" + " --- |" * (3 + len(args.files)))
    for sigma in SIGMAS:
        own = sees(lambda at, s=sigma: _smooth(_grey(dataset, at), s), len(table))
        table[context.NETWORK] = _answers(own, table["positive"].to_numpy(), owners)
        said = [
            context.said(context.areas(t, {"": t[context.NETWORK].to_numpy()}).interval(0))
            for t in (table, context.by_breast(table))
        ]
        near = describe(own[owners > 0], own[owners == 0], _grey(dataset, slice(2)))
        far = near.distance(sees(lambda at, s=sigma: _smooth(others[at], s), len(others)))
        edge = np.quantile(near.distance(own[owners == 0]), 0.99)
        distances = " | ".join(f"{value:.2f}" for value in [*far, edge])
        print(f"| {sigma:g} pixels | {' | '.join(said)} | {distances} |", flush=True)


def _grey(dataset: PreparedDataset, places: int | slice) -> Features:
    return np.asarray(dataset.images[places] / 255, np.float32)


def _smooth(pixels: Features, sigma: float) -> Features:
    blurred = cv2.GaussianBlur(pixels, (0, 0), sigma) if sigma else pixels
    return np.asarray(blurred, np.float32)


def _features(file: Path) -> Any:
    import keras

    from core.models.loading import load_model

    model = load_model(file)
    asked = keras.Model(model.input, model.get_layer("pooled_features").output)

    def of(image: Any, count: int) -> Features:
        parts = []
        for first in range(0, count, BATCH):
            some = np.stack([image(at) for at in range(first, min(first + BATCH, count))])
            parts.append(np.asarray(asked.predict_on_batch(some[..., None])))
        return np.concatenate(parts)

    return of


def _table(dataset: PreparedDataset) -> pd.DataFrame:
    table = dataset.index.reset_index(drop=True)
    serious = positive_classes(dataset.info.classes)
    return table.assign(positive=table["class"].isin(serious), fold=0)


def _folds(table: pd.DataFrame) -> NDArray[np.int64]:
    owners = table["patient_id"].astype("category").cat.codes.to_numpy()
    dealt = np.random.default_rng(0).permutation(owners.max() + 1) % FOLDS
    return np.asarray(dealt[owners], np.int64)


def _answers(
    seen: Features, positive: NDArray[np.bool_], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    answers = np.zeros(len(seen))
    for fold in range(FOLDS):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.0005, max_iter=300))
        model.fit(seen[folds != fold], positive[folds != fold])
        answers[folds == fold] = model.decision_function(seen[folds == fold])
    return answers


if __name__ == "__main__":
    main()
