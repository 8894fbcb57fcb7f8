"""The way of images into a step: order, rows from disk, batches made ahead."""

import threading
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.domain.training import Augmentation, TrainConfig
from core.training import sampler
from core.training.pipeline import Feed, ahead, fixed_copies
from core.training.randoms import uniform
from core.training.rows import RowReader

ROWS = np.arange(5, 58)
TARGETS = (np.arange(60) % 10 == 0).astype(np.int64)


def config(**changes: object) -> TrainConfig:
    return TrainConfig.from_dict({"dataset": "x", "batch_size": 8, **changes})


def test_an_epoch_holds_each_image_once_and_is_filled_up_to_whole_steps() -> None:
    order = sampler.shuffled(ROWS, TARGETS, config(), 0)
    assert sorted(order.rows[: order.real]) == sorted(ROWS)
    assert len(order.rows) % 8 == 0
    assert order.steps == 7
    assert [order.real_in(step) for step in range(7)] == [8] * 6 + [5]
    assert set(order.rows[order.real :]) <= set(ROWS)


def test_order_follows_from_seed_and_epoch() -> None:
    def rows(seed: int, epoch: int) -> list[int]:
        return sampler.shuffled(ROWS, TARGETS, config(seed=seed), epoch).rows.tolist()

    assert rows(1, 4) == rows(1, 4)
    assert rows(1, 4) != rows(1, 5)
    assert rows(1, 4) != rows(2, 4)


def test_balanced_sampling_gives_each_class_an_equal_share() -> None:
    order = sampler.shuffled(ROWS, TARGETS, config(sampling="balanced"), 3)
    drawn = order.rows[: order.real]
    assert order.real == len(ROWS)
    assert abs(TARGETS[drawn].mean() - 0.5) < 0.03
    # Each of the five positives comes again as often as the others.
    counts = np.bincount(drawn[TARGETS[drawn] == 1])[[10, 20, 30, 40, 50]]
    assert counts.max() - counts.min() <= 2


def test_balanced_class_weights_make_classes_count_alike() -> None:
    targets = TARGETS[ROWS]
    weights = sampler.class_weights(targets, config(class_weights="balanced"))
    counts = np.bincount(targets)
    assert weights * counts == pytest.approx([len(targets) / 2] * 2)
    by_hand = config(class_weights={"negative": 0.5, "positive": 3})
    assert sampler.class_weights(targets, by_hand).tolist() == [0.5, 3]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_rows_read_at_an_offset_are_those_of_the_array(tmp_path: Path, dtype: type) -> None:
    array = np.random.default_rng(0).integers(0, 200, (50, 7, 5)).astype(dtype)
    np.save(tmp_path / "a.npy", array)
    rows = np.array([3, 49, 3, 0])
    with RowReader(np.load(tmp_path / "a.npy", mmap_mode="r")) as reader:
        np.testing.assert_array_equal(reader.read(rows), array[rows])
    with RowReader(array) as reader:
        np.testing.assert_array_equal(reader.read(rows), array[rows])


def test_an_array_cut_short_is_an_error_not_garbage(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones((50, 100), np.uint8))
    reader = RowReader(np.load(tmp_path / "a.npy", mmap_mode="r"))
    with (tmp_path / "a.npy").open("r+b") as file:
        file.truncate(2000)
    assert reader.read(np.array([0])).sum() == 100
    with pytest.raises(OSError, match="cut off"):
        reader.read(np.array([40]))
    reader.close()


def feed(**changes: object) -> Feed:
    images = np.arange(60 * 4, dtype=np.uint8).reshape(60, 2, 2)
    return Feed(RowReader(images), TARGETS, np.array([1, 3], np.float32), 0, **changes)


def test_weights_of_a_step_are_a_mean_over_its_real_images() -> None:
    order = sampler.in_turn(ROWS, 8)
    batches = list(feed().epoch(order, 0))
    assert len(batches) == 7
    assert all(len(b.inputs) == 8 for b in batches)
    last = batches[-1]
    assert (last.weights[5:] == 0).all()
    expected = np.where(TARGETS[ROWS[-5:]] == 1, 3, 1) / 5
    np.testing.assert_allclose(last.weights[:5], expected, rtol=1e-6)


def test_an_epoch_begun_in_the_middle_goes_on_as_the_whole_one() -> None:
    order = sampler.shuffled(ROWS, TARGETS, config(), 2)
    lively = feed(augmentation=Augmentation(rotation=5))
    whole, rest = list(lively.epoch(order, 2)), list(lively.epoch(order, 2, start=3))
    for one, other in zip(whole[3:], rest, strict=True):
        np.testing.assert_array_equal(one.inputs, other.inputs)
        np.testing.assert_array_equal(one.draws["affine"], other.draws["affine"])


def test_no_draw_comes_twice_in_a_run_unless_copies_are_fixed() -> None:
    order = sampler.in_turn(ROWS, 8)
    lively = feed(augmentation=Augmentation(rotation=5))
    drawn = np.concatenate(
        [b.draws["affine"] for epoch in range(3) for b in lively.epoch(order, epoch)]
    )
    assert len(np.unique(drawn, axis=0)) == len(drawn)
    fixed = feed(augmentation=Augmentation(rotation=5, copies=2))
    first, second, third = (
        np.concatenate([b.draws["affine"] for b in fixed.epoch(order, e)]) for e in range(3)
    )
    np.testing.assert_array_equal(first, third)
    assert not np.allclose(first, second)


def test_fixed_copies_tell_image_and_copy_apart() -> None:
    pairs = np.concatenate([fixed_copies(np.arange(10), epoch, 3) for epoch in range(3)])
    assert len(set(pairs.tolist())) == 30


def test_a_fault_while_reading_reaches_the_step() -> None:
    def make(step: int) -> object:
        if step == 2:
            raise OSError("the disk is gone")
        return step

    taken = ahead(range(5), make)
    assert [next(taken), next(taken)] == [0, 1]
    with pytest.raises(OSError, match="gone"):
        next(taken)


def test_leaving_an_epoch_early_ends_its_thread() -> None:
    taken = feed().epoch(sampler.in_turn(ROWS, 4), 0)
    next(taken)
    assert any(thread.name == "input" for thread in threading.enumerate())
    taken.close()
    assert not any(thread.name == "input" for thread in threading.enumerate())


def test_counter_based_numbers_are_uniform_and_uncorrelated() -> None:
    counters = np.arange(100_000, dtype=np.uint64)
    streams = [uniform(seed, stream, counters) for seed in (0, 1) for stream in (0, 1)]
    for numbers in streams:
        assert abs(numbers.mean() - 0.5) < 0.005
        assert abs(numbers.var() - 1 / 12) < 0.002
        assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.01
    table = np.corrcoef(streams)
    assert np.abs(table[~np.eye(4, dtype=bool)]).max() < 0.015


@pytest.mark.serial
def test_memory_does_not_grow_with_the_images_read(tmp_path: Path) -> None:
    """Pages of a memory map that were read would count as the process's own."""
    array = np.lib.format.open_memmap(tmp_path / "a.npy", "w+", np.uint8, (2500, 244, 244))
    array[:] = 3
    del array
    stored = np.load(tmp_path / "a.npy", mmap_mode="r")
    targets = np.zeros(len(stored), np.int64)
    with RowReader(stored) as reader:
        fed = Feed(reader, targets, np.ones(1, np.float32))
        order = sampler.in_turn(np.arange(len(stored)), 16)
        before = psutil.Process().memory_info().rss
        for epoch in range(2):
            for batch in fed.epoch(order, epoch):
                assert batch.inputs[0, 0, 0] == 3
    grown = psutil.Process().memory_info().rss - before
    assert grown < 40e6 < stored.nbytes / 3
