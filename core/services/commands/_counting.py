"""How commands tell on standard error how far they are."""

import sys
import time

SECONDS_BETWEEN = 0.5


class Counter:
    """A line such as `3/40 images`, at most twice a second, and one at the end."""

    def __init__(self, what: str = "images") -> None:
        self._what, self._last = what, 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - self._last > SECONDS_BETWEEN:
            self._last = now
            print(f"{done}/{total} {self._what}", file=sys.stderr, flush=True)
