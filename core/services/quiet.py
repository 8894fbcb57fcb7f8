"""Keeps what TensorFlow says about itself, whenever it is loaded, off a command's terminal.

Its libraries greet while they are loaded, before any setting of theirs is looked at, so a
variable of the environment cannot stop them. What they write then is held back for that
moment, and all that is no greeting is shown after it. What Python writes is never held.
"""

import faulthandler
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

LIBRARY = "tensorflow"
LEVEL = "TF_CPP_MIN_LOG_LEVEL"
DRIVER = Path("/dev/nvidiactl")
_GREETING = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog\(\)"
    rb"|I\d{4} [\d:.]+ +\d+ "  # the date, the time and the thread of a line of no weight
)
_NO_GPU = re.compile(rb"E\d{4} [^\]]*\] failed call to cuInit")


def be_quiet() -> None:
    """Unless somebody has said how much they want to hear."""
    if LEVEL not in os.environ and LIBRARY not in sys.modules:
        os.environ[LEVEL] = "2"
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds the library where it is, and has it loaded with greetings held back."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != LIBRARY:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            _load_quietly(spec.loader)
        return spec


def _load_quietly(loader: Any) -> None:
    load = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        with greetings_held():
            load(module)
            # Looked for later in any case; the library greets once more when it finds none.
            module.config.list_physical_devices("GPU")

    loader.exec_module = exec_module


@contextmanager
def greetings_held() -> Iterator[None]:
    sys.stderr.flush()
    usual, shown = sys.stderr, os.dup(2)
    with tempfile.TemporaryFile() as held, os.fdopen(shown, "w", buffering=1) as ours:
        os.dup2(held.fileno(), 2)
        sys.stderr = ours
        # A library that this processor cannot run ends the process: then at least where is told.
        told_anyway = faulthandler.is_enabled()
        faulthandler.enable(ours)
        try:
            yield
        finally:
            os.dup2(shown, 2)
            sys.stderr = usual
            faulthandler.enable(2) if told_anyway else faulthandler.disable()
            held.seek(0)
            for line in held:
                if not _is_greeting(line):
                    os.write(2, line)


def _is_greeting(line: bytes) -> bool:
    """A GPU that fails is told of; that there is none is known to everybody."""
    return bool(_GREETING.match(line) or (_NO_GPU.match(line) and not DRIVER.exists()))
