"""Turns patterns into words to look up and short codes to compare, learned from the set itself.

A word names the nearest of a few hundred centres in each half of a pattern's main axes;
like patterns share words. The code has 64 yes-or-no answers: like patterns differ in few.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AXES = 32
CODE_BITS = 64
MOST_CENTRES = 512
PATTERNS_PER_WORD = 20
ROUNDS = 12
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Codebook:
    mean: Vectors
    axes: Vectors  # 128 x AXES, the main axes of variation
    centres: tuple[Vectors, Vectors]
    questions: Vectors  # 128 x CODE_BITS
    medians: Vectors

    @property
    def words(self) -> int:
        return len(self.centres[0]) * len(self.centres[1])

    def nearest(self, vectors: Vectors, count: int) -> NDArray[np.uint16]:
        """The `count` nearest centres of each pattern in either half."""
        reduced = np.asarray((even(vectors) - self.mean) @ self.axes, np.float32)
        halves = (reduced[:, : AXES // 2], reduced[:, AXES // 2 :])
        pairs = zip(halves, self.centres, strict=True)
        return np.stack([_nearest(half, centres, count) for half, centres in pairs], 1).astype(
            np.uint16
        )

    def words_of(self, nearest: NDArray[np.uint16]) -> NDArray[np.int64]:
        """Every pair of a near centre in one half with one in the other, the nearest first."""
        first, second = nearest[:, 0].astype(np.int64), nearest[:, 1].astype(np.int64)
        words = first[:, :, None] * len(self.centres[1]) + second[:, None, :]
        return words.reshape(len(nearest), -1)

    def codes(self, vectors: Vectors) -> NDArray[np.uint64]:
        answers = even(vectors) @ self.questions > self.medians
        return np.packbits(answers, axis=1).view(np.uint64).ravel()


def even(vectors: Vectors) -> Vectors:
    """Roots of shares: large numbers in a pattern no longer outweigh the many small ones."""
    total = np.maximum(vectors.sum(axis=1, keepdims=True), 1e-6)
    return np.asarray(np.sqrt(vectors / total), np.float32)


def learn(vectors: Vectors, patterns_in_all: int, seed: int = 0) -> Codebook:
    rng = np.random.default_rng(seed)
    sample = even(vectors)
    mean = sample.mean(axis=0)
    spread = np.cov((sample - mean).T) + 1e-9 * np.eye(128)
    _, axes = np.linalg.eigh(spread)
    main = axes[:, ::-1].astype(np.float32)
    # Halves of equal weight: axes are dealt out alternately.
    chosen = main[:, [*range(0, AXES, 2), *range(1, AXES, 2)]]
    reduced = (sample - mean) @ chosen
    count = int(np.clip(np.sqrt(patterns_in_all / PATTERNS_PER_WORD), 4, MOST_CENTRES))
    halves = (reduced[:, : AXES // 2], reduced[:, AXES // 2 :])
    first, second = (_centres(half, count, rng) for half in halves)
    turn, _ = np.linalg.qr(rng.normal(size=(CODE_BITS, CODE_BITS)))
    questions = (main[:, :CODE_BITS] @ turn).astype(np.float32)
    medians = np.median(sample @ questions, axis=0).astype(np.float32)
    return Codebook(mean, chosen, (first, second), questions, medians)


def _centres(points: Vectors, count: int, rng: np.random.Generator) -> Vectors:
    """Lloyd's method; a centre that loses all its points moves to a random one."""
    count = min(count, len(points))
    centres = points[rng.choice(len(points), count, replace=False)].copy()
    for _ in range(ROUNDS):
        nearest = _nearest(points, centres, 1)[:, 0]
        sizes = np.bincount(nearest, minlength=count)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, points)
        empty = sizes == 0
        centres = np.where(empty[:, None], centres, sums / np.maximum(sizes, 1)[:, None])
        centres[empty] = points[rng.choice(len(points), int(empty.sum()))]
    return centres.astype(np.float32)


def _nearest(points: Vectors, centres: Vectors, count: int) -> NDArray[np.int64]:
    distances = (centres**2).sum(axis=1) - 2 * points @ centres.T
    if count == 1:
        return np.asarray(distances.argmin(axis=1)[:, None], np.int64)
    near = np.argpartition(distances, count, axis=1)[:, :count]
    order = np.argsort(np.take_along_axis(distances, near, axis=1), axis=1)
    return np.asarray(np.take_along_axis(near, order, axis=1), np.int64)
