"""Finds, for each image, the few others that share many of its patterns in one arrangement.

All patterns of all images lie sorted by word. An image's patterns are looked up as they
are and mirrored; those with nearly the same code count, if they also agree with each other
on how the one image would have to be turned, scaled and moved to lie on the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.datasets.leakage.codebook import Codebook
from core.datasets.leakage.features import Patterns

NEAREST_CENTRES = 3  # in each half, so nine words are looked up
FARTHEST_CODE = 16  # of 64 answers may differ
CODE_WEIGHT = 12.0  # answers: a pair that differs in more counts for little
FEWEST_SHARED = 5
SECTORS = 12  # of the circle, taken two by two
LEAST_SCORE = 0.8  # pairs of equal code count 1
REACH = 6.0  # pixels at which two patterns agree on one arrangement
LARGEST_SCALE = 1.6  # log2: copies scaled by up to three times
TURN_TOLERANCE = 0.35  # radians
SCALE_TOLERANCE = 0.6  # log2
MOST_CANDIDATES = 10
WORDS_TOO_COMMON = 8  # times the mean length of a list; longer ones tell nothing ...
MOST_ALWAYS = 200  # ... unless they are shorter than this
Places = NDArray[np.float32]


@dataclass(frozen=True)
class Encoded:
    """One image's patterns, as little of them as the look-up needs."""

    places: Places
    nearest: NDArray[np.uint16]  # centres of the patterns as they are, then mirrored
    codes: NDArray[np.uint64]  # of the patterns as they are, then mirrored

    @property
    def count(self) -> int:
        return len(self.places)


def encode(found: Patterns, book: Codebook) -> Encoded:
    both = np.concatenate([found.vectors, found.mirrored])
    return Encoded(found.places, book.nearest(both, NEAREST_CENTRES), book.codes(both))


@dataclass(frozen=True)
class Candidate:
    """Patterns of image `one`, seen mirrored or not, that lie on patterns of image `other`."""

    one: int
    other: int
    mirrored: bool
    from_one: Places
    from_other: Places

    @property
    def shared(self) -> int:
        return len(self.from_one)


class Lookup:
    def __init__(self, images: list[Encoded], book: Codebook) -> None:
        self._images, self._book = images, book
        counts = [image.count for image in images]
        nearest = np.concatenate([image.nearest[: image.count] for image in images])
        own = book.words_of(nearest[:, :, :1])[:, 0]
        order = np.argsort(own, kind="stable")
        self._starts = np.searchsorted(own[order], np.arange(book.words + 1))
        usual = int(np.diff(self._starts).mean()) + 1
        self._limit = max(MOST_ALWAYS, WORDS_TOO_COMMON * usual)
        self._image = np.repeat(np.arange(len(images), dtype=np.int32), counts)[order]
        self._codes = np.concatenate([image.codes[: image.count] for image in images])[order]
        self._places = np.concatenate([image.places for image in images])[order]

    def candidates(self, one: int) -> list[Candidate]:
        """Among the images before this one, so that each pair is met once."""
        pairs = self._alike(self._images[one], one)
        if not len(pairs.entry):
            return []
        best: dict[int, Candidate] = {}
        for other, mirrored, mine in _promising(pairs):
            places = as_seen(self._images[one].places[pairs.pattern[mine]], mirrored)
            from_other = self._places[pairs.entry[mine]]
            kept = agreeing(places, from_other)
            known = best[other].shared if other in best else FEWEST_SHARED - 1
            if len(kept) > known:
                best[other] = Candidate(one, other, mirrored, places[kept], from_other[kept])
        return list(best.values())

    def _alike(self, image: Encoded, one: int) -> "_Pairs":
        """Patterns of this image with the entries of the lists that have nearly the same code."""
        words = self._book.words_of(image.nearest)
        starts = self._starts[words]
        lengths = self._starts[words + 1] - starts
        lengths[lengths > self._limit] = 0
        flat = lengths.ravel()
        firsts = np.repeat(starts.ravel() - np.concatenate([[0], np.cumsum(flat)[:-1]]), flat)
        entry = firsts + np.arange(int(flat.sum()))
        asked = np.repeat(np.repeat(np.arange(len(image.codes)), words.shape[1]), flat)
        earlier = self._image[entry] < one
        entry, asked = entry[earlier], asked[earlier]
        apart = np.bitwise_count(self._codes[entry] ^ image.codes[asked])
        near = apart <= FARTHEST_CODE
        entry, asked, apart = entry[near], asked[near], apart[near]
        mirrored, pattern = np.divmod(asked, image.count)
        mine, theirs = image.places[pattern], self._places[entry]
        scaled = np.abs(theirs[:, 2] - mine[:, 2]) < LARGEST_SCALE
        direction = np.where(mirrored, np.pi - mine[:, 3], mine[:, 3])
        return _Pairs(
            pattern,
            entry,
            self._image[entry],
            mirrored.astype(bool),
            theirs[:, 3] - direction,
            np.exp(-((apart / CODE_WEIGHT) ** 2)) * scaled,
        )


@dataclass(frozen=True)
class _Pairs:
    """Patterns of one image beside like ones of others; `turn` is between their directions.

    The `weight` is 1 for equal codes and 0 where the sizes are too far apart.
    """

    pattern: NDArray[np.int64]
    entry: NDArray[np.int64]
    image: NDArray[np.int32]
    mirrored: NDArray[np.bool_]
    turn: NDArray[np.float32]
    weight: NDArray[np.float64]


def _promising(pairs: _Pairs) -> Iterator[tuple[int, bool, NDArray[np.int64]]]:
    """The images whose like patterns are most turned by one angle, with those pairs.

    Chance pairs are turned every way; those of a copy all by the same angle.
    """
    images, place = np.unique(pairs.image, return_inverse=True)
    sector = np.floor(pairs.turn / (2 * np.pi) * SECTORS).astype(np.int64) % SECTORS
    drawer = (place * 2 + pairs.mirrored) * SECTORS + sector
    weights = np.bincount(drawer, pairs.weight, len(images) * 2 * SECTORS).reshape(-1, SECTORS)
    two = weights + np.roll(weights, -1, axis=1)
    score = two.max(axis=1)
    order = np.argsort(drawer, kind="stable")
    drawer = drawer[order]
    for best in np.argsort(-score, kind="stable")[:MOST_CANDIDATES].tolist():
        if score[best] < LEAST_SCORE:
            return
        first = int(two[best].argmax())
        drawers = best * SECTORS + np.array([first, (first + 1) % SECTORS])
        starts, ends = np.searchsorted(drawer, [drawers, drawers + 1])
        chosen = np.concatenate([order[a:b] for a, b in zip(starts, ends, strict=True)])
        if len(chosen) >= FEWEST_SHARED:
            yield int(images[best // 2]), bool(best % 2), chosen


def as_seen(places: Places, mirrored: bool) -> Places:
    """In a mirrored image x runs backwards and directions are reflected."""
    if not mirrored:
        return places
    turned = np.pi - places[:, 3]
    return np.column_stack([-places[:, 0], places[:, 1], places[:, 2], turned]).astype(np.float32)


def agreeing(one: Places, other: Places) -> NDArray[np.int64]:
    """The largest set of pairs that one arrangement explains: each pair proposes, all vote."""
    turn = other[:, 3] - one[:, 3]
    scale = other[:, 2] - one[:, 2]
    factor = np.exp2(scale)
    cosine, sine = factor * np.cos(turn), factor * np.sin(turn)
    offset = one[None, :, :2] - one[:, None, :2]
    x = cosine[:, None] * offset[..., 0] - sine[:, None] * offset[..., 1] + other[:, None, 0]
    y = sine[:, None] * offset[..., 0] + cosine[:, None] * offset[..., 1] + other[:, None, 1]
    apart = np.hypot(x - other[None, :, 0], y - other[None, :, 1])
    reach = REACH + 0.08 * np.hypot(offset[..., 0], offset[..., 1])
    turned = np.abs((turn[:, None] - turn[None, :] + np.pi) % (2 * np.pi) - np.pi)
    agree = (apart < reach) & (turned < TURN_TOLERANCE)
    agree &= np.abs(scale[:, None] - scale[None, :]) < SCALE_TOLERANCE
    agree &= (np.abs(scale) < LARGEST_SCALE)[:, None]
    votes = agree.sum(axis=1)
    best = int(votes.argmax())
    if votes[best] < FEWEST_SHARED:
        return np.zeros(0, np.int64)
    chosen = np.flatnonzero(agree[best])
    return _each_once(chosen[np.argsort(apart[best, chosen], kind="stable")], one, other)


def _each_once(chosen: NDArray[np.int64], one: Places, other: Places) -> NDArray[np.int64]:
    """A pattern may match several: only its best pair counts."""
    corners = np.rint(np.column_stack([one[chosen, :2], other[chosen, :2]])).astype(int).tolist()
    kept, seen_one, seen_other = [], set(), set()
    for place, (x, y, other_x, other_y) in zip(chosen.tolist(), corners, strict=True):
        if (x, y) not in seen_one and (other_x, other_y) not in seen_other:
            kept.append(place)
            seen_one.add((x, y))
            seen_other.add((other_x, other_y))
    return np.array(kept, np.int64)
