"""Feeds steps: a thread reads the next batches while the device works on this one."""

import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain.training import Augmentation
from core.training.draws import Draws, draw
from core.training.rows import Inputs, Reader
from core.training.sampler import Order

AHEAD = 3


@dataclass(frozen=True)
class Batch:
    """What a step takes. `weights` add up to a mean: those of filling images are zero."""

    inputs: Inputs
    targets: NDArray[np.int32]
    weights: NDArray[np.float32]
    draws: Draws = field(default_factory=dict)


Batches = Generator[Batch, None, None]


@dataclass(frozen=True)
class Feed:
    """Where batches come from: rows of images, or of features when those are cached."""

    reader: Reader
    targets: NDArray[np.int64]  # of every sample, or several each; -1 counts for nothing
    class_weights: NDArray[np.float32]
    seed: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)
    cached_copies: int = 1  # rows of the reader for each row of the dataset

    def batch(self, order: Order, step: int, epoch: int) -> Batch:
        rows = order.step(step)
        targets = self.targets[rows]
        counts = targets >= 0
        counts[order.real_in(step) :] = False
        weights = np.where(counts, self.class_weights[targets], 0) / max(counts.sum(), 1)
        draws = self._draws(order, step, epoch, rows)
        inputs = self.reader.read(rows * self.cached_copies + epoch % self.cached_copies)
        kept = np.maximum(targets, 0).astype(np.int32)
        return Batch(inputs, kept, weights.astype(np.float32), draws)

    def _draws(self, order: Order, step: int, epoch: int, rows: NDArray[np.int64]) -> Draws:
        if not self.augmentation.active:
            return {}
        height, width = self.reader.shape[:2]
        if self.augmentation.copies:
            counters = fixed_copies(rows, epoch, self.augmentation.copies)
        else:
            first = (epoch * order.steps + step) * order.batch
            counters = np.arange(first, first + order.batch, dtype=np.uint64)
        views = np.arange(self.reader.views, dtype=np.uint64)
        counters = (counters[:, None] * np.uint64(self.reader.views) + views).ravel()
        return draw(self.augmentation, self.seed, counters, height, width)

    def epoch(self, order: Order, epoch: int, start: int = 0) -> Batches:
        return ahead(range(start, order.steps), lambda step: self.batch(order, step, epoch))


def fixed_copies(rows: NDArray[np.int64], epoch: int, copies: int) -> NDArray[np.uint64]:
    """The same image in the same copy is always changed in the same way."""
    return rows.astype(np.uint64) * np.uint64(copies) + np.uint64(epoch % copies)


def ahead(steps: range, make: Callable[[int], Batch]) -> Batches:
    """`make` of each step, prepared a few steps ahead; closing the iterator ends the thread."""
    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(maxsize=AHEAD)
    done = threading.Event()

    def work() -> None:
        try:
            for step in steps:
                if not _put(ready, make(step), done):
                    return
            _put(ready, None, done)
        except BaseException as fault:
            _put(ready, fault, done)

    thread = threading.Thread(target=work, name="input", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        done.set()
        thread.join()


def _put(
    ready: "queue.Queue[Batch | BaseException | None]",
    item: Batch | BaseException | None,
    done: threading.Event,
) -> bool:
    while not done.is_set():
        try:
            ready.put(item, timeout=0.2)
            return True
        except queue.Full:
            continue
    return False
