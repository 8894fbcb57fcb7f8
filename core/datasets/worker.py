"""A process that prepares one case after another: cases come in, frames go out.

It is started as a module of its own, never forked, so it holds neither TensorFlow nor
pandas and a crash inside a decoder costs one file and not the whole preparation.
"""

import os
import pickle
from pathlib import Path
from typing import IO

import cv2

from core.datasets.base import open_reader
from core.datasets.making import make
from core.domain.dataset import PrepareRequest


def serve() -> None:
    """Talks over its own copies of the pipes, as decoders may print on standard output."""
    tasks = os.fdopen(os.dup(0), "rb")
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    cv2.setNumThreads(1)
    try:
        request, log = _beginning(tasks)
    except EOFError:  # nobody needed this worker
        return
    _speak_into(log)
    readers = [open_reader(s.format, Path(s.root), s.options) for s in request.sources]
    _answer(results, "ready")
    while True:
        try:
            place, case = pickle.load(tasks)
        except EOFError:
            return
        _answer(results, make(case, readers[place], request))


def _beginning(tasks: IO[bytes]) -> tuple[PrepareRequest, str]:
    request, log = pickle.load(tasks)
    return request, log


def _speak_into(log: str) -> None:
    words = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.dup2(words, 1)
    os.dup2(words, 2)
    os.close(words)


def _answer(results: IO[bytes], message: object) -> None:
    pickle.dump(message, results, protocol=5)
    results.flush()


if __name__ == "__main__":
    serve()
