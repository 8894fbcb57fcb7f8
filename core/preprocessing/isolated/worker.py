"""The process that decodes: requests come in and answers go out as lines of JSON.

Started as `python -m core.preprocessing.isolated.worker BUFFER MEGABYTES`. A file that it
reads may have been made to take it over, so its answers hold nothing that would have to be
unpickled, and it is silent: what a decoder prints may quote a header.
"""

import contextlib
import json
import os
import resource
import signal
import sys
import traceback
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from core.domain.images import Mammogram
from core.errors import ImageError
from core.preprocessing.decoding import READERS, codecs, decode
from core.preprocessing.isolated.buffer import path_of, write_pixels

MEGABYTE = 1_000_000


def serve(buffer: int, megabytes: int) -> None:
    requests, answers = _private_pipes()
    _load()
    _limit(megabytes)
    _say(answers, {"ready": True})
    _silence()
    for line in requests:
        _say(answers, _answer(json.loads(line), buffer, megabytes))


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Copies of its own, as decoders may print on standard output."""
    pipes = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return pipes


def _load() -> None:
    """Everything that the first file would otherwise wait for."""
    for reader in READERS.values():
        import_module(reader)
    for syntax in codecs.ORDER:
        codecs.decoder(str(syntax))
    for name in codecs.MODULES.values():
        with contextlib.suppress(ImportError):
            import_module(name)


def _limit(megabytes: int) -> None:
    """No image may take more memory than this, and a crash writes no image to the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():
        now = int(statm.read_text().split()[0]) * resource.getpagesize()
        most = now + megabytes * MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _say(answers: IO[bytes], document: dict[str, Any]) -> None:
    answers.write(json.dumps(document).encode() + b"\n")
    answers.flush()


def _answer(request: dict[str, Any], buffer: int, megabytes: int) -> dict[str, Any]:
    # Ends this process even inside a decoder, and even when its parent is gone.
    signal.setitimer(signal.ITIMER_REAL, request["seconds"] + 1)
    try:
        path = Path(request["path"]) if request["path"] else path_of(buffer)
        found = decode(path, working_height=request["working_height"], voi=request["voi"])
        return _handed_over(found, buffer, request["size"])
    except ImageError as fault:
        return {"error": fault.code, "message": str(fault)}
    except MemoryError:
        return {
            "error": "image-too-large",
            "message": f"To open this image would take more than {megabytes:,} MB of memory, "
            "which is the most allowed. Export it at a lower resolution.",
        }
    except Exception as fault:  # a file that nobody foresaw: where it failed, and not what it said
        return {"error": "fault", "message": _place(fault)}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _handed_over(found: Mammogram, buffer: int, at: int) -> dict[str, Any]:
    rows, columns = found.pixels.shape
    write_pixels(buffer, at, found.pixels)
    return {
        "facts": asdict(found.facts),
        "rows": rows,
        "columns": columns,
        "to_source": found.to_source.tolist(),
    }


def _place(fault: Exception) -> str:
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}"


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
