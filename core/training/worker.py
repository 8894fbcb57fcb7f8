"""One run, as a process of its own: `python -m core.training.worker RUN_DIR`.

Whatever happens, the run ends in a state with a reason a person understands; the
traceback goes to the log.
"""

import errno
import fcntl
import os
import re
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from core.domain.runs import RunState
from core.domain.training import TrainConfig
from core.errors import MammolensError, RunError
from core.training.reporter import Reporter
from core.training.run_folder import RunFolder

_SHORT_OF_MEMORY = re.compile(
    r"\bOOM\b|out of memory|OutOfMemory|RESOURCE_EXHAUSTED|bad_alloc", re.I
)
_ON_GPU = re.compile(r"\bGPU\b|CUDA|device:GPU", re.I)


def main(arguments: list[str]) -> int:
    folder = RunFolder(Path(arguments[0]).resolve())
    with _alone(folder):
        reporter = Reporter(folder)
        stop = _Stop(folder)
        try:
            config = folder.config()
            prepare_environment(config)
            from core.training.session import train

            done = train(config, folder, reporter, stop)
            state, reason = (RunState.FINISHED, "") if done else (RunState.STOPPED, stop.reason())
        except BaseException as fault:
            traceback.print_exc()
            state, reason = RunState.FAILED, explain(fault)
        folder.stop_file.unlink(missing_ok=True)
        reporter.end(state, reason)
    return 0 if state is not RunState.FAILED else 1


@contextmanager
def _alone(folder: RunFolder) -> Iterator[None]:
    """Two processes on one run would spoil both; the lock dies with its process."""
    with (folder.path / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunError(f"Another process is working on run {folder.id} already.") from None
        yield


class _Stop:
    """Asked after every step: has somebody asked for an end, by file or by signal?"""

    def __init__(self, folder: RunFolder) -> None:
        self._file, self._signalled = folder.stop_file, False
        signal.signal(signal.SIGTERM, self._hear)
        signal.signal(signal.SIGINT, self._hear)

    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        self._signalled = True

    def __call__(self) -> bool:
        return self._signalled or self._file.exists()

    def reason(self) -> str:
        """What was written by whoever asked."""
        try:
            return self._file.read_text(encoding="utf-8").strip() or "On request."
        except OSError:
            return "On request."


def prepare_environment(config: TrainConfig) -> None:
    """Before the deep-learning library is imported, which reads these once."""
    os.environ["KERAS_BACKEND"] = config.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if config.gpus == 0:
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
    # JAX would take most of the GPU's memory at once, whatever else runs there.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def explain(fault: BaseException) -> str:
    if isinstance(fault, MammolensError):
        return str(fault)
    if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Make room, then resume the run; its last checkpoint is kept."
    if memory := _memory(fault):
        return memory
    if isinstance(fault, ModuleNotFoundError):
        return f"The library {fault.name!r} is not installed; another backend may be."
    first = (str(fault).strip() or type(fault).__name__).splitlines()[0]
    return f"The program failed: {first[:200]} The log has the details."


def _memory(fault: BaseException) -> str:
    """Empty unless memory ran out; every backend says that in its own words."""
    said = f"{type(fault).__name__} {str(fault)[:2000]}"
    if not isinstance(fault, MemoryError) and not _SHORT_OF_MEMORY.search(said):
        return ""
    place = "The GPU's memory" if _ON_GPU.search(said) else "Memory"
    return (
        f"{place} ran out. Choose a smaller batch_size, a smaller image size or a smaller model, "
        "then start anew. The best epoch so far is kept."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
