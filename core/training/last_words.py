"""Why a process ended that could not say so itself.

Linux ends a process that takes too much memory with the same signal as `kill -9`. The two
are told apart by the kernel's own count of processes ended for want of memory: if it rose
while the process was dying, memory it was. Only who started the process hears its signal
and looks often enough to tell.
"""

import contextlib
import signal
from pathlib import Path

import psutil

from core.domain.runs import RunState, RunStatus

# Those of this container first; others' troubles are none of ours.
_CONTAINER = (
    Path("/sys/fs/cgroup/memory.events"),
    Path("/sys/fs/cgroup/memory/memory.oom_control"),
)
_MACHINE = Path("/proc/vmstat")
_COUNT = "oom_kill"

OUT_OF_MEMORY = (
    "The machine ran out of memory and the system ended the run. Choose a smaller batch_size, a "
    "smaller image size or a smaller model, or end other programs; then resume it or start anew."
)


def memory_kills() -> int:
    """How many processes were ended for want of memory so far; 0 where nobody counts."""
    for file in (*_CONTAINER, _MACHINE):
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in file.read_text().splitlines():
                if line.startswith(f"{_COUNT} "):
                    return int(line.split()[1])
    return 0


def verdict(code: int, kills_before: int, kills_now: int) -> tuple[RunState, str]:
    """`code` as `Popen` has it: what the process returned, or minus the signal that ended it."""
    if code == -signal.SIGKILL and kills_now > kills_before:
        return RunState.FAILED, OUT_OF_MEMORY
    if code in (-signal.SIGKILL, -signal.SIGTERM):
        return RunState.INTERRUPTED, (
            "Somebody ended the process from outside; memory was not short. Resume it to go on "
            "from its last checkpoint."
        )
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return RunState.FAILED, (
            f"The program crashed ({name}). The log may tell why. Resume it; if it crashes again, "
            "try a smaller batch_size or another backend."
        )
    return RunState.FAILED, "The process ended without a word. The log may tell why."


def of_the_dead(said: RunStatus) -> str:
    """What can be told later, by someone who was not there."""
    if said.heartbeat and said.heartbeat < psutil.boot_time():
        return "The machine was started anew while the run was at work."
    return (
        "The process ended without a word, killed or out of memory. Who started it was gone "
        "too, so which of the two is not known."
    )
