"""The end of what a run's process printed, read from the end whatever the length of the log."""

import re
from pathlib import Path

from core.training.run_folder import RunFolder

BYTES = 64_000
LINES = 200
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def tail(path: Path, lines: int = LINES) -> list[str]:
    """Empty where nothing was printed."""
    try:
        with RunFolder(path).log_file.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - BYTES))
            raw = file.read()
    except OSError:
        return []
    if size > BYTES:
        raw = raw[raw.find(b"\n") + 1 :]
    text = _COLOURS.sub("", raw.decode("utf-8", "replace"))
    # A progress bar writes over its own line; only what it said last is worth reading.
    kept = [line.rsplit("\r", 1)[-1] for line in text.replace("\r\n", "\n").split("\n")]
    return [line for line in kept if line.strip()][-lines:]
