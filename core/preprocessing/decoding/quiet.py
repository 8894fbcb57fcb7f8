"""Keeps libraries' own words from users and logs: a header may be quoted in them."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_lock = threading.Lock()
_active: list["warnings.catch_warnings[None]"] = []
_depth = 0


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings inside; counted, because the filters are shared by all threads."""
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _depth
    with _lock:
        if _depth == 0:
            _active.append(warnings.catch_warnings(action="ignore"))
            _active[0].__enter__()
        _depth += 1


def _leave() -> None:
    global _depth
    with _lock:
        _depth -= 1
        if _depth == 0:
            _active.pop().__exit__(None, None, None)
