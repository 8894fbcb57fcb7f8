"""One decoding process as its parent sees it: give it a file, get an image, or kill it."""

import json
import logging
import os
import selectors
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import numpy as np
import psutil

from core import paths
from core.domain import settings
from core.domain.cases import Side, View
from core.domain.images import ImageFacts, Mammogram
from core.errors import CodecMissing, ConfigError, ImageError, ImageTooLarge, RunError
from core.preprocessing.isolated import buffer

Source = Path | bytes | memoryview | BinaryIO
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX"), "1"
)
LONGEST_ANSWER = 1 << 20
STARTING_SECONDS = 60.0
# Libraries keep memory that they once had; a process that holds more than this is replaced.
MOST_KEPT = 500_000_000
ERRORS = {fault.code: fault for fault in (ImageError, CodecMissing, ImageTooLarge)}
_log = logging.getLogger("mammolens.decoding")


@dataclass(frozen=True)
class Limits:
    """What one file may cost."""

    seconds: float = 8.0
    megabytes: int = 3000


class Gone(Exception):
    """The process ended, or was ended, before it answered."""


class DecodingProcess:
    """Started anew, never forked: what started it holds TensorFlow, threads and locks."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buffer = buffer.open_buffer()
        places = [str(paths.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        number = self._buffer.fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.worker", str(number), str(limits.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            pass_fds=(number,),
            start_new_session=True,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(places)},
        )
        self._requests = cast(IO[bytes], self._process.stdin)
        self._replies = cast(IO[bytes], self._process.stdout)
        self._answers = selectors.DefaultSelector()
        self._answers.register(self._replies, selectors.EVENT_READ)
        try:
            self._read(STARTING_SECONDS)
        except (Gone, TimeoutError):
            self.stop()
            raise RunError(
                "The process that opens images did not start. The server's log says why; "
                "restart the server."
            ) from None

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def bloated(self) -> bool:
        with suppress(psutil.Error):
            return bool(psutil.Process(self._process.pid).memory_info().rss > MOST_KEPT)
        return True

    def decode(self, source: Source, working_height: int | None, voi: bool) -> Mammogram:
        """Raises ImageError with a sentence; after a crash or a hang it is not `alive`."""
        try:
            size = 0 if isinstance(source, Path) else buffer.fill(self._buffer, source)
            request = {
                "path": str(source.resolve()) if isinstance(source, Path) else None,
                "size": size,
                "working_height": working_height,
                "voi": voi,
                "seconds": self._limits.seconds,
            }
            return self._image(self._exchange(request), size)
        finally:
            buffer.empty(self._buffer)

    def stop(self) -> None:
        self._end()
        self._answers.close()
        for pipe in (self._requests, self._replies, self._buffer):
            with suppress(OSError):
                pipe.close()

    def _end(self) -> int:
        self._process.kill()
        return self._process.wait()

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._requests.write(json.dumps(request).encode() + b"\n")
            return self._read(self._limits.seconds)
        except TimeoutError:
            self._end()
            raise ImageError(
                f"Opening the image took longer than {self._limits.seconds:.0f} seconds, so it "
                "was given up. The file is damaged, or too large for this way of compressing "
                "it. Export it once more, uncompressed."
            ) from None
        except (Gone, OSError):
            _log.warning("A decoding process ended with code %s; it is replaced.", self._end())
            raise ImageError(
                "The file made its decoder fail completely, so it was given up: it is damaged, or "
                "was made to do so. Export the image once more, uncompressed."
            ) from None

    def _read(self, seconds: float) -> dict[str, Any]:
        """One line; whatever is no JSON object counts as no answer."""
        deadline, found = time.monotonic() + seconds, b""
        while not found.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not self._answers.select(left):
                raise TimeoutError
            block = os.read(self._replies.fileno(), 1 << 16)
            found += block
            if not block or len(found) > LONGEST_ANSWER:
                raise Gone
        with suppress(ValueError):
            answer = json.loads(found)
            if isinstance(answer, dict):
                return answer
        raise Gone

    def _image(self, answer: dict[str, Any], size: int) -> Mammogram:
        if "error" in answer:
            raise _refusal(answer)
        try:
            facts = settings.decode(ImageFacts, _typed(answer["facts"]))
            to_source = np.array(answer["to_source"], dtype=float).reshape(3, 3)
            shape = int(answer["rows"]), int(answer["columns"])
        except (KeyError, TypeError, ValueError, ConfigError):
            raise ImageError("The decoder gave back no image. Export the file once more.") from None
        return Mammogram(buffer.read_pixels(self._buffer, size, *shape), facts, to_source)


def _refusal(answer: dict[str, Any]) -> ImageError:
    code, message = str(answer["error"]), str(answer.get("message", ""))
    if code in ERRORS:
        return ERRORS[code](message)
    _log.error("Decoding failed in a way that is a fault of ours: %.200s", message)
    return ImageError(
        "The file cannot be read: it is damaged, or of a kind that Mammolens does not know. "
        "Export the image once more."
    )


def _typed(facts: dict[str, Any]) -> dict[str, Any]:
    """What JSON cannot say: enumerations and pairs."""
    side, view = facts["laterality"], facts["view"]
    spacing = facts["spacing_mm"]
    return {
        **facts,
        "laterality": None if side is None else Side(side),
        "view": None if view is None else View(view),
        "spacing_mm": None if spacing is None else (float(spacing[0]), float(spacing[1])),
        "notes": tuple(facts["notes"]),
    }
