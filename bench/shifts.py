"""What the same image, shown otherwise, does to the answers of a cross-validated network.

    python -m bench.shifts GROUP [--images 600] [--seed 0]

Each image goes to the network that never saw its patient, once as its file has it and
once for each change: another window, brightness, polarity, proportions, compression. The
last row is the mean answer to the image upside down, larger, smaller and as it is.
"""

import argparse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from core.datasets.prepared import open_prepared
from core.domain.dataset import TEST
from core.domain.images import Mammogram, Pixels
from core.evaluation.calibration import to_probabilities
from core.preprocessing.pipeline import prepare
from core.services import groups, out_of_fold
from core.services.fitting import Settled, positive_score
from core.services.originals import Originals
from core.training.run_folder import RunFolder

BATCH = 32
AS_IS = "as its file has it"


def _jpeg(pixels: Pixels) -> Pixels:
    eight = np.rint(pixels * 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", eight, [cv2.IMWRITE_JPEG_QUALITY, 50])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.float32) / np.float32(255)


def _sized(pixels: Pixels, tall: float, wide: float) -> Pixels:
    rows, columns = pixels.shape
    size = (round(columns * wide), round(rows * tall))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    AS_IS: lambda pixels: pixels,
    "polarity turned (dense tissue dark)": lambda pixels: 1 - pixels,
    "mirrored": lambda pixels: np.ascontiguousarray(pixels[:, ::-1]),
    "four fifths as wide (the stretch undone)": lambda pixels: _sized(pixels, 1, 0.8),
    "narrower window (10 to 90%)": lambda pixels: np.clip((pixels - 0.1) / 0.8, 0, 1),
    "wider window (into 10 to 90%)": lambda pixels: 0.1 + 0.8 * pixels,
    "darker (gamma 1.4)": lambda pixels: pixels**1.4,
    "brighter (gamma 0.7)": lambda pixels: pixels**0.7,
    "half the resolution": lambda pixels: _sized(pixels, 0.5, 0.5),
    "JPEG of quality 50": _jpeg,
}

TOGETHER = "asked four times (upside down, larger, smaller), averaged"


def _zoomed(pixels: Pixels, factor: float) -> Pixels:
    rows, columns = pixels.shape
    moved = np.array(
        [[factor, 0, (1 - factor) * columns / 2], [0, factor, (1 - factor) * rows / 2]]
    )
    return np.asarray(cv2.warpAffine(pixels, moved, (columns, rows)), np.float32)


# Of what the network is given, not of the file: preparation would undo them.
VERSIONS: tuple[Callable[[Pixels], Pixels], ...] = (
    lambda pixels: pixels,
    lambda pixels: np.ascontiguousarray(pixels[::-1]),
    lambda pixels: _zoomed(pixels, 1.08),
    lambda pixels: _zoomed(pixels, 0.93),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("group")
    parser.add_argument("--images", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    group = groups.find(args.group)
    found = out_of_fold.finished(group)
    answers = [pd.read_parquet(folder.predictions_file) for _, folder in found]
    asked = zip(found, answers, out_of_fold.fits(group, answers), strict=True)
    share = args.images // len(found)
    tables = [_fold(folder, own, fit, share, args.seed) for (_, folder), own, fit in asked]
    table = pd.concat(tables, ignore_index=True)
    print(f"{len(table) // (len(CHANGES) + 1)} images of {len(found)} folds of {group.id}\n")
    print("| shown | AUC | AUC, difference | probability moves by (median, 95%) | other answer |")
    print("| --- | --- | --- | --- | --- |")
    usual = table[table["change"] == AS_IS]
    for change in (*CHANGES, TOGETHER):
        own = table[table["change"] == change]
        auc, before = (roc_auc_score(t["positive"], t["score"]) for t in (own, usual))
        moved = np.abs(own["score"].to_numpy() - usual["score"].to_numpy())
        turned = (own["called"].to_numpy() != usual["called"].to_numpy()).mean()
        middle, far = np.percentile(moved, (50, 95))
        print(
            f"| {change} | {auc:.3f} | {auc - before:+.3f} | {middle:.3f}, {far:.3f} "
            f"| {turned:.1%} |"
        )


def _fold(
    folder: RunFolder, answers: pd.DataFrame, fitted: Settled, images: int, seed: int
) -> pd.DataFrame:
    """A row for each image and change."""
    from core.models.loading import load_model
    from core.training.epoch_figures import positive_classes

    config = folder.config()
    classes = config.model.classes
    held = answers[answers["part"] == TEST]
    held = held.sample(min(images, len(held)), random_state=seed)
    frames = _frames(open_prepared(config.dataset), held["image_id"].tolist())
    model = load_model(folder.model_file)
    is_positive = held["class"].isin(positive_classes(classes)).to_numpy()
    scores = {
        change: positive_score(to_probabilities(fitted.calibrated(_logits(model, pixels))), classes)
        for change, pixels in frames.items()
    }
    versions = [np.stack([turn(pixels) for pixels in frames[AS_IS]]) for turn in VERSIONS]
    answers_to = [fitted.calibrated(_logits(model, pixels)) for pixels in versions]
    scores[TOGETHER] = np.mean(
        [positive_score(to_probabilities(logits), classes) for logits in answers_to], axis=0
    )
    tables = []
    for change, score in scores.items():
        called = score >= fitted.threshold
        tables.append(
            pd.DataFrame(
                {"change": change, "positive": is_positive, "score": score, "called": called}
            )
        )
    return pd.concat(tables, ignore_index=True)


def _frames(dataset: Any, wanted: list[str]) -> dict[str, NDArray[np.float32]]:
    """Prepared from the files anew, each change made to what the file shows."""
    rows = dataset.index.reset_index(drop=True)
    places = {str(name): row for row, name in rows["image_id"].items()}
    originals, spec = Originals(dataset), dataset.info.spec

    def of(name: str) -> list[Pixels]:
        image = originals.open(places[name], spec)
        return [prepare(changed(image, change), spec).pixels for change in CHANGES.values()]

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(of, wanted))
    return {change: np.stack([each[n] for each in found]) for n, change in enumerate(CHANGES)}


def changed(image: Mammogram, change: Callable[[Pixels], Pixels]) -> Mammogram:
    pixels = np.asarray(change(image.pixels), np.float32)
    facts = replace(image.facts, rows=pixels.shape[0], columns=pixels.shape[1])
    return Mammogram(pixels, facts)


def _logits(model: Any, pixels: NDArray[np.float32]) -> NDArray[np.float64]:
    import keras

    asked = keras.Model(model.input, model.get_layer("logits").output)
    parts = [
        np.asarray(asked.predict_on_batch(pixels[at : at + BATCH, ..., None]), np.float64)
        for at in range(0, len(pixels), BATCH)
    ]
    return np.concatenate(parts)


if __name__ == "__main__":
    main()
