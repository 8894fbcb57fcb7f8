"""Files that are whole or not there: written beside their place, then moved into it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` when the block ends well.

    `lasting` waits for the disk; a heartbeat need not.
    """
    # Not `tempfile`, whose files only their owner may read.
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str, *, lasting: bool = True) -> None:
    with replacing(path, lasting=lasting) as file:
        file.write(text.encode())
