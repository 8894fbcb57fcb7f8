"""The one door through which images from outside come in: pages, command line and interface.

MAMMOLENS_DECODERS, MAMMOLENS_DECODE_SECONDS and MAMMOLENS_DECODE_MEGABYTES set how many
files are opened at once and what one may cost.
"""

import atexit
import os
import threading
from functools import lru_cache

import psutil

from core.domain.images import Mammogram
from core.domain.preprocess import PreprocessSpec
from core.preprocessing.isolated import Limits, Pool, PoolStatus
from core.preprocessing.isolated.process import Source
from core.services import environment

__all__ = ["Source", "decode", "decode_for", "status", "warm_up"]

MOST_DECODERS = 4
MEGABYTE = 1_000_000
_making = threading.Lock()


def decode(source: Source, *, working_height: int | None = 1024, voi: bool = True) -> Mammogram:
    """Raises ImageError for a file that cannot be shown, and Busy when too many are brought."""
    return _pool().decode(source, working_height=working_height, voi=voi)


def decode_for(source: Source, spec: PreprocessSpec) -> Mammogram:
    """At the height and with the display transform that the spec works with."""
    return decode(source, working_height=spec.working_height, voi=spec.voi)


def warm_up() -> None:
    """Starts the first process behind whoever asks; asking again costs nothing."""
    threading.Thread(target=_pool().warm, name="warm-decoder", daemon=True).start()


def status() -> PoolStatus:
    return _pool().status()


def _pool() -> Pool:
    with _making:
        return _made()


@lru_cache(maxsize=1)
def _made() -> Pool:
    size = environment.number(
        "MAMMOLENS_DECODERS", max(2, min(MOST_DECODERS, os.cpu_count() or 1)), 1, 64
    )
    made = Pool(size, _limits())
    atexit.register(made.close)
    return made


def _limits() -> Limits:
    """A quarter of the machine's memory, as long as that is enough for a large mammogram."""
    quarter = psutil.virtual_memory().total // 4 // MEGABYTE
    return Limits(
        seconds=environment.number("MAMMOLENS_DECODE_SECONDS", 8, 1, 600),
        megabytes=environment.number(
            "MAMMOLENS_DECODE_MEGABYTES", min(3000, max(1000, quarter)), 300, 1_000_000
        ),
    )
