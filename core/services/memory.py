"""Gives memory back to the system after work that took much of it.

The C library keeps what threads have freed, in an arena for each of them, for the next time.
In a server that stays up for weeks, that would look and count as if something were held.
"""

import ctypes
import sys
from functools import lru_cache


def give_back() -> None:
    """Takes a few milliseconds; does nothing where the C library knows no such thing."""
    if (library := _library()) is not None:
        library.malloc_trim(0)


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        found = ctypes.CDLL(None)
    except OSError:
        return None
    return found if hasattr(found, "malloc_trim") else None
