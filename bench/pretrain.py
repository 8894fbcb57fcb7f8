"""Teaches a network something else first, whose answers cost nobody's time to label.

    python -m bench.pretrain views DATASET --weights FILE --out FILE.keras
    python -m bench.pretrain outlines DATASET --weights FILE --out FILE.keras

`views`: of many images, which two are of the same woman? Needs no labels at all (SimCLR's
loss; the two are different views where there are several). `outlines`: where do lesions
lie? Needs outlines, which phantoms have. The result serves as `model.weights=FILE.keras`.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.datasets.findings import from_json, lesion_mask
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.models import ModelConfig
from core.domain.training import Augmentation

CHANGES = Augmentation(
    upend=True,
    rotation=12,
    shift=0.06,
    zoom=0.15,
    shear=0.05,
    fill="zero",
    brightness=0.05,
    contrast=0.25,
    gamma=0.35,
)
COVERED = 0.12  # the share of a cell that a lesion must fill
RARE = 4.0  # how much more a cell with a lesion counts
SHARPNESS = 0.1  # SimCLR's temperature
WIDTH = 128  # of what views are compared by

Images = NDArray[np.float32]
Batch = tuple[Images, NDArray[np.float32]]
Source = Callable[[np.random.Generator], Iterator[Batch]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("task", choices=("views", "outlines"))
    parser.add_argument("dataset")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights")
    parser.add_argument("--model", default="mobilenet_v2")
    parser.add_argument("--option", action="append", default=["alpha=0.35"])
    parser.add_argument("--train", default="last-86", help="which layers learn")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-3)
    args = parser.parse_args()
    dataset = open_prepared(args.dataset)
    height, width = dataset.images.shape[1:3]
    options = {key: float(value) for key, value in (text.split("=") for text in args.option)}
    config = ModelConfig(
        args.model, height, width, ("no", "yes"), weights=args.weights, options=options
    )
    _train(config, dataset, args)


def _train(config: ModelConfig, dataset: PreparedDataset, args: argparse.Namespace) -> None:
    import keras
    import tensorflow as tf

    from core.models import factory, stages

    built = factory.assemble(config, seed=0)
    stages.freeze(built.model, args.train)
    stages.pace_norms(built.model, 0.95)
    maps = built.model.get_layer(built.explanation_layer).output
    pooled = keras.layers.GlobalAveragePooling2D()(maps)
    asked, loss_of = {
        "views": (keras.layers.Dense(WIDTH)(keras.layers.Dense(WIDTH, "relu")(pooled)), alike),
        "outlines": (keras.layers.Conv2D(1, 1)(maps), covered),
    }[args.task]
    network = keras.Model(built.model.input, asked)
    steps = len(dataset.index) // args.batch
    rate = keras.optimizers.schedules.CosineDecay(args.rate, steps * args.epochs, 0.02)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=0.02)
    optimizer.build(network.trainable_variables)

    def learn(images: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(network(images, training=True), targets)
        found = network.trainable_variables
        optimizer.apply(tape.gradient(loss, found), found)
        return loss

    step = tf.function(learn)
    cells = tuple(int(size) for size in maps.shape[1:3])
    source = {"views": pairs, "outlines": outlined}[args.task](dataset, args.batch, cells)
    for epoch in range(args.epochs):
        begun = time.monotonic()
        losses = [float(step(*batch)) for batch in _ahead(source, epoch, steps)]
        took = time.monotonic() - begun
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {took:.0f} s", flush=True)
    built.model.save(args.out)


def alike(answers: Any, _: Any) -> Any:
    """Rows 2k and 2k + 1 are of one woman; every other row is a stranger."""
    import tensorflow as tf

    places = tf.math.l2_normalize(answers, axis=1)
    count = tf.shape(places)[0]
    alikeness = tf.matmul(places, places, transpose_b=True) / SHARPNESS
    alikeness -= 1e9 * tf.eye(count)
    partner = tf.bitwise.bitwise_xor(tf.range(count), 1)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(partner, alikeness)
    return tf.reduce_mean(losses)


def covered(answers: Any, shares: Any) -> Any:
    """Cells that a lesion only touches count neither way."""
    import tensorflow as tf

    inside = tf.cast(shares > COVERED, tf.float32)
    counts = tf.where((shares > 0) & (shares <= COVERED), 0.0, 1.0)
    losses = tf.nn.weighted_cross_entropy_with_logits(inside, answers[..., 0], RARE)
    return tf.reduce_sum(losses * counts) / tf.reduce_sum(counts)


def pairs(dataset: PreparedDataset, batch: int, _: tuple[int, ...]) -> Source:
    by_woman = list(dataset.index.groupby("patient_id").indices.values())

    def batches(rng: np.random.Generator) -> Iterator[Batch]:
        while True:
            women = rng.choice(len(by_woman), batch // 2, replace=False)
            rows = [rng.choice(by_woman[w], 2, replace=len(by_woman[w]) < 2) for w in women]
            images = _read(dataset, np.concatenate(rows))
            yield _changed(images, rng), np.zeros(0, np.float32)

    return batches


def outlined(dataset: PreparedDataset, batch: int, cells: tuple[int, ...]) -> Source:
    shape = dataset.images.shape[1:3]
    masks = [
        lesion_mask(from_json(row["findings"]), shape, row["to_source"])
        for row in dataset.index.to_dict("records")
    ]

    def batches(rng: np.random.Generator) -> Iterator[Batch]:
        while True:
            rows = rng.choice(len(masks), batch, replace=False)
            inside = np.stack([masks[row] for row in rows]).astype(np.float32)[..., None]
            images, moved = _changed(_read(dataset, rows), rng, inside)
            shares = [cv2.resize(m, cells[::-1], interpolation=cv2.INTER_AREA) for m in moved]
            yield images, np.stack(shares)

    return batches


def _read(dataset: PreparedDataset, rows: NDArray[np.int64]) -> Images:
    stored = np.stack([dataset.images[row] for row in rows])[..., None]
    return np.asarray(stored / 255, np.float32)


def _changed(images: Images, rng: np.random.Generator, masks: Images | None = None) -> Any:
    """Masks move as their images do, and keep their values."""
    from core.training.augmentation import apply
    from core.training.draws import draw, noise_tile

    seed, (count, height, width, _) = int(rng.integers(2**31)), images.shape
    draws = draw(CHANGES, seed, np.arange(count, dtype=np.uint64), height, width)
    changed = np.asarray(apply(images, draws, CHANGES, noise_tile(0)))
    if masks is None:
        return changed
    return changed, np.asarray(apply(masks, {"affine": draws["affine"]}, CHANGES, None))[..., 0]


def _ahead(source: Source, epoch: int, steps: int) -> Iterator[Batch]:
    """The next batch is made while the network learns from this one."""
    batches = source(np.random.default_rng([0, epoch]))
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, batches)
        for _ in range(steps):
            ready = following.result()
            following = pool.submit(next, batches)
            yield ready


if __name__ == "__main__":
    main()
