"""A few things that take long to make, held in memory: the least used goes first.

Loaded models and compiled heatmaps are shared by every session of a server, so they are made
once, however many ask at the same moment, and made anew when the file behind them changes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Held(Generic[T]):
    """At most so many; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[int, T]] = OrderedDict()
        self._making = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T], stamp: int = 0) -> T:
        """Waits for what another thread is making rather than making it twice.

        `stamp` says of what version of its file the thing is; another one replaces it. What
        could not be made is not kept: the next one who asks tries again.
        """
        with self._making:
            kept = self._kept.get(key)
            if kept is None or kept[0] != stamp:
                kept = self._kept[key] = (stamp, make())
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return kept[1]

    def __contains__(self, key: object) -> bool:
        """Without waiting: what is still being made is not held yet."""
        return key in self._kept
