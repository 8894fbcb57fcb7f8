"""Searches a set for copies: patterns, look-up, a coarse check of the tissue, then a fine one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.datasets.leakage.codebook import Codebook, learn
from core.datasets.leakage.confirm import (
    Relief,
    agreement,
    from_thumbnail,
    relief,
    thumbnail,
)
from core.datasets.leakage.features import Grey, patterns, proportionate
from core.datasets.leakage.lookup import FEWEST_SHARED, Candidate, Encoded, Lookup, encode

IMAGES_TO_LEARN_FROM = 1500
PATTERNS_TO_LEARN_FROM = 60_000
COARSE_AGREEMENT = 0.4
MOST_CONFIRMED = 4  # candidates an image
# The fewer patterns are shared, the better the tissue has to agree.
SURE_AGREEMENT, LIKELY_AGREEMENT, MANY_SHARED = 0.85, 0.62, 10
R = TypeVar("R")
Watcher = Callable[[str, int, int], None]


class Pictures(Protocol):
    """Images by number; `aspect` is the height of a pixel by its width."""

    def __len__(self) -> int: ...
    def image(self, number: int) -> NDArray[np.generic]: ...
    def aspect(self, number: int) -> float: ...


@dataclass(frozen=True)
class Match:
    """Two images that show the same tissue."""

    one: int
    other: int
    mirrored: bool
    shared: int
    agreement: float


def search(
    pictures: Pictures, *, threads: int = 2, watch: Watcher = lambda stage, done, total: None
) -> list[Match]:
    if len(pictures) < 2:
        return []
    with ThreadPoolExecutor(threads) as crew:
        book = _learn(pictures, crew)
        if book is None:
            return []
        kept = [*_watched(crew, _Describe(pictures, book), len(pictures), "describing", watch)]
        encoded, thumbnails = [pair[0] for pair in kept], [pair[1] for pair in kept]
        compare = _Compare(pictures, Lookup(encoded, book), thumbnails)
        found = _watched(crew, compare, len(pictures), "comparing", watch)
        return [match for matches in found for match in matches]


def _watched(
    crew: ThreadPoolExecutor, work: Callable[[int], R], total: int, stage: str, watch: Watcher
) -> Iterator[R]:
    for done, result in enumerate(crew.map(work, range(total)), start=1):
        yield result
        watch(stage, done, total)


def _grey(pictures: Pictures, number: int) -> Grey:
    return proportionate(pictures.image(number), pictures.aspect(number))


def _learn(pictures: Pictures, crew: ThreadPoolExecutor) -> Codebook | None:
    rng = np.random.default_rng(0)
    count = min(len(pictures), IMAGES_TO_LEARN_FROM)
    chosen = np.sort(rng.choice(len(pictures), count, replace=False)).tolist()
    found = [*crew.map(lambda number: patterns(_grey(pictures, number)).vectors, chosen)]
    vectors = np.concatenate(found)
    if len(vectors) < 64:
        return None
    in_all = len(vectors) * len(pictures) // count
    sample = vectors[rng.permutation(len(vectors))[:PATTERNS_TO_LEARN_FROM]]
    return learn(sample, in_all)


@dataclass(frozen=True)
class _Describe:
    pictures: Pictures
    book: Codebook

    def __call__(self, number: int) -> tuple[Encoded, NDArray[np.uint8]]:
        grey = _grey(self.pictures, number)
        return encode(patterns(grey), self.book), thumbnail(relief(grey))


@dataclass(frozen=True)
class _Compare:
    pictures: Pictures
    lookup: Lookup
    thumbnails: list[NDArray[np.uint8]]

    def __call__(self, number: int) -> list[Match]:
        likely = sorted(self._coarse(number), key=lambda pair: -pair[0])[:MOST_CONFIRMED]
        if not likely:
            return []
        own = relief(_grey(self.pictures, number))
        return [match for _, candidate in likely for match in self._fine(own, candidate)]

    def _coarse(self, number: int) -> Iterator[tuple[float, Candidate]]:
        own: Relief | None = None
        for candidate in self.lookup.candidates(number):
            own = own or from_thumbnail(self.thumbnails[number])
            other = from_thumbnail(self.thumbnails[candidate.other])
            score = agreement(own, other, candidate)
            if score >= COARSE_AGREEMENT:
                yield score, candidate

    def _fine(self, own: Relief, candidate: Candidate) -> Iterator[Match]:
        other = relief(_grey(self.pictures, candidate.other))
        score = agreement(own, other, candidate)
        if score >= needed_agreement(candidate.shared):
            yield Match(candidate.one, candidate.other, candidate.mirrored, candidate.shared, score)


def needed_agreement(shared: int) -> float:
    certain = (shared - FEWEST_SHARED) / (MANY_SHARED - FEWEST_SHARED)
    return SURE_AGREEMENT - (SURE_AGREEMENT - LIKELY_AGREEMENT) * min(1.0, certain)


def groups(matches: list[Match]) -> list[list[int]]:
    """Images that are copies of each other, directly or through another copy."""
    leader: dict[int, int] = {}

    def find(number: int) -> int:
        while leader.setdefault(number, number) != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for match in matches:
        leader[find(match.one)] = find(match.other)
    members: dict[int, list[int]] = {}
    for number in sorted(leader):
        members.setdefault(find(number), []).append(number)
    return [*members.values()]
